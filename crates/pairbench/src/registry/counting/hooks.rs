//! Hooks in CPython's allocators.
//!
//! CPython has three kinds (domains): RAW, MEM and OBJ. A request is counted once, where the program makes it: what
//! pymalloc itself requests from RAW (blocks above 512 bytes, its tables) belongs to the request that caused it, and
//! its arenas are mapped.
//!
//! The requested size of a freed block is not known: `malloc_usable_size` does not know pymalloc's blocks, and a header
//! before each block would move blocks over that limit of 512 bytes. So a separate table holds the sizes.

use super::{COUNTERS, outermost};
use pyo3::ffi::{
    PyMem_GetAllocator, PyMem_SetAllocator, PyMemAllocatorDomain as Domain, PyMemAllocatorEx as Allocator,
};
use std::collections::HashMap;
use std::ffi::c_void;
use std::hash::{BuildHasherDefault, Hasher};
use std::sync::atomic::{AtomicBool, Ordering::SeqCst};
use std::sync::{Mutex, MutexGuard};

/// Puts the hooks in place, for the rest of the process. The caller holds the GIL.
pub(super) fn install() {
    static DONE: AtomicBool = AtomicBool::new(false);
    if DONE.swap(true, SeqCst) {
        return;
    }
    for domain in [
        Domain::PYMEM_DOMAIN_RAW,
        Domain::PYMEM_DOMAIN_MEM,
        Domain::PYMEM_DOMAIN_OBJ,
    ] {
        let mut original = Allocator {
            ctx: std::ptr::null_mut(),
            malloc: None,
            calloc: None,
            realloc: None,
            free: None,
        };
        // SAFETY: it writes the four functions and their context, which stay valid for the life of the interpreter.
        unsafe { PyMem_GetAllocator(domain, &mut original) };
        let mut hooked = Allocator {
            // Never freed: blocks come back as long as the process lives.
            ctx: Box::into_raw(Box::new(original)).cast(),
            malloc: Some(malloc),
            calloc: Some(calloc),
            realloc: Some(realloc),
            free: Some(free),
        };
        // SAFETY: the hooks do what the original allocator does, from any thread, and blocks that it gave out before
        // are passed back to it.
        unsafe { PyMem_SetAllocator(domain, &mut hooked) };
    }
}

/// The allocator behind a hook.
fn original<'a>(context: *mut c_void) -> &'a Allocator {
    // SAFETY: `install` made the context from such a box, and never frees it.
    unsafe { &*context.cast::<Allocator>() }
}

extern "C" fn malloc(context: *mut c_void, size: usize) -> *mut c_void {
    let Allocator { ctx, malloc, .. } = *original(context);
    let malloc = || malloc.map_or(std::ptr::null_mut(), |malloc| malloc(ctx, size));
    outermost(|| noted(malloc(), size)).unwrap_or_else(malloc)
}

extern "C" fn calloc(context: *mut c_void, number: usize, size: usize) -> *mut c_void {
    let Allocator { ctx, calloc, .. } = *original(context);
    let calloc = || calloc.map_or(std::ptr::null_mut(), |calloc| calloc(ctx, number, size));
    outermost(|| noted(calloc(), number.saturating_mul(size))).unwrap_or_else(calloc)
}

extern "C" fn realloc(context: *mut c_void, block: *mut c_void, size: usize) -> *mut c_void {
    let Allocator { ctx, realloc, .. } = *original(context);
    let realloc = || realloc.map_or(std::ptr::null_mut(), |realloc| realloc(ctx, block, size));
    let counted = || {
        if block.is_null() {
            return noted(realloc(), size);
        }
        // Removed from the table before the block is released: another thread may get the same address immediately.
        let old = table(block).remove(&(block as usize));
        let new = realloc();
        if !new.is_null() {
            COUNTERS.reallocated(old, size);
            table(new).insert(new as usize, size);
        } else if let Some(old) = old {
            table(block).insert(block as usize, old);
        }
        new
    };
    outermost(counted).unwrap_or_else(realloc)
}

extern "C" fn free(context: *mut c_void, block: *mut c_void) {
    let Allocator { ctx, free, .. } = *original(context);
    let free = || {
        if let Some(free) = free {
            free(ctx, block);
        }
    };
    let counted = || {
        if !block.is_null()
            && let Some(size) = table(block).remove(&(block as usize))
        {
            COUNTERS.freed(size);
        }
        free();
    };
    outermost(counted).unwrap_or_else(free);
}

fn noted(block: *mut c_void, size: usize) -> *mut c_void {
    if !block.is_null() {
        COUNTERS.allocated(size);
        table(block).insert(block as usize, size);
    }
    block
}

/// Address → requested bytes.
type Table = HashMap<usize, usize, BuildHasherDefault<Spread>>;

/// Sharded by address, so that threads seldom wait for each other.
static TABLES: [Mutex<Table>; 64] =
    [const { Mutex::new(HashMap::with_hasher(BuildHasherDefault::new())) }; 64];

fn table(block: *mut c_void) -> MutexGuard<'static, Table> {
    // Blocks are at least 16 bytes apart.
    let table = &TABLES[(block as usize >> 4) % TABLES.len()];
    // Nobody panics while holding it.
    table.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}

/// A quick hash for addresses: a product with an odd number, whose upper half mixes all bits.
#[derive(Default)]
struct Spread(u64);

impl Hasher for Spread {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for &byte in bytes {
            self.write_usize(usize::from(byte));
        }
    }

    fn write_usize(&mut self, address: usize) {
        let product = u128::from(self.0 ^ address as u64) * 0x9e37_79b9_7f4a_7c15;
        self.0 = product as u64 ^ (product >> 64) as u64;
    }
}
