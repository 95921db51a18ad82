//! What a crate's counting module has besides its pairs: an allocator that counts, hooks in the interpreter's
//! allocators, and functions that count one call.
//!
//! It is a second build of the extension module, with the crate's feature `counting`, so that none of this affects what
//! is timed.

mod functions;
#[cfg(not(any(PyPy, GraalPy)))]
mod hooks;

pub use functions::add_counting;

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering::Relaxed};

/// All requests since the start of the process, from all threads.
static COUNTERS: Counters = Counters {
    allocations: AtomicU64::new(0),
    reallocations: AtomicU64::new(0),
    bytes: AtomicU64::new(0),
    held: AtomicI64::new(0),
    peak: AtomicI64::new(0),
};

struct Counters {
    allocations: AtomicU64,
    reallocations: AtomicU64,
    bytes: AtomicU64,
    /// Bytes of live blocks. Blocks from before counting started are missed when they are freed: only differences mean
    /// something.
    held: AtomicI64,
    peak: AtomicI64,
}

/// What was requested between two points in time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Counted {
    /// Blocks allocated, zeroed or not.
    allocations: u64,
    /// Blocks that were made larger or smaller.
    reallocations: u64,
    /// Bytes of all these requests; a resized block counts with all of its new size.
    bytes: u64,
    /// Most bytes held at one time, in addition to those held at the start.
    peak: u64,
}

impl Counters {
    fn allocated(&self, size: usize) {
        self.allocations.fetch_add(1, Relaxed);
        self.bytes.fetch_add(size as u64, Relaxed);
        self.hold(size as i64);
    }

    /// `old` is unknown for a block from before counting started.
    fn reallocated(&self, old: Option<usize>, size: usize) {
        self.reallocations.fetch_add(1, Relaxed);
        self.bytes.fetch_add(size as u64, Relaxed);
        self.hold(size as i64 - old.unwrap_or(size) as i64);
    }

    fn freed(&self, size: usize) {
        self.held.fetch_sub(size as i64, Relaxed);
    }

    fn hold(&self, more: i64) {
        let held = self.held.fetch_add(more, Relaxed) + more;
        self.peak.fetch_max(held, Relaxed);
    }
}

/// The start of a count.
struct Mark {
    before: Counted,
    held: i64,
}

impl Mark {
    fn now() -> Self {
        let held = COUNTERS.held.load(Relaxed);
        COUNTERS.peak.store(held, Relaxed);
        Mark {
            before: so_far(held),
            held,
        }
    }

    fn since(&self) -> Counted {
        let now = so_far(self.held);
        Counted {
            allocations: now.allocations - self.before.allocations,
            reallocations: now.reallocations - self.before.reallocations,
            bytes: now.bytes - self.before.bytes,
            peak: now.peak,
        }
    }
}

fn so_far(held: i64) -> Counted {
    Counted {
        allocations: COUNTERS.allocations.load(Relaxed),
        reallocations: COUNTERS.reallocations.load(Relaxed),
        bytes: COUNTERS.bytes.load(Relaxed),
        peak: u64::try_from(COUNTERS.peak.load(Relaxed) - held).unwrap_or(0),
    }
}

thread_local! {
    /// Whether this thread is inside an allocator or the bookkeeping, whose own requests are not made by the program.
    /// It needs neither an allocation nor a destructor.
    static INSIDE: Cell<bool> = const { Cell::new(false) };
}

/// Runs it with [`INSIDE`] set; `None` if it is set already.
fn outermost<T>(run: impl FnOnce() -> T) -> Option<T> {
    if INSIDE.replace(true) {
        return None;
    }
    let result = run();
    INSIDE.set(false);
    Some(result)
}

fn is_inside() -> bool {
    INSIDE.get()
}

/// The system allocator, with a count of the requests to it. [`extension_module!`](crate::extension_module) makes it
/// the global allocator under the feature `counting`.
///
/// Memory that C libraries get from `malloc`, and mapped memory, does not pass through it.
#[derive(Debug, Clone, Copy)]
pub struct CountingAllocator;

// SAFETY: every request is passed on to the system's allocator as it is, and its answer is returned as it is. Counting
// neither allocates nor unwinds.
unsafe impl GlobalAlloc for CountingAllocator {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        // SAFETY: the caller's promise.
        counted(unsafe { System.alloc(layout) }, layout.size())
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        // SAFETY: the caller's promise.
        counted(unsafe { System.alloc_zeroed(layout) }, layout.size())
    }

    unsafe fn realloc(&self, block: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        // SAFETY: the caller's promise.
        let block = unsafe { System.realloc(block, layout, size) };
        if !block.is_null() && !is_inside() {
            COUNTERS.reallocated(Some(layout.size()), size);
        }
        block
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        if !is_inside() {
            COUNTERS.freed(layout.size());
        }
        // SAFETY: the caller's promise.
        unsafe { System.dealloc(block, layout) }
    }
}

fn counted(block: *mut u8, size: usize) -> *mut u8 {
    if !block.is_null() && !is_inside() {
        COUNTERS.allocated(size);
    }
    block
}
