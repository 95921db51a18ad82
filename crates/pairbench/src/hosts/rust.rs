//! The host of Rust variants: this very process.

use super::{Answer, Fault, Handle, Host, Ready, Timing};
use crate::registry::plain::Plain;
use crate::registry::{Opened, Pair};
use std::any::Any;
use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, Once};
use std::time::{Duration, Instant};

/// Runs the Rust variants of one pair. A panic becomes [`Fault::Panic`].
pub struct RustHost<'a> {
    pair: &'a Pair,
    opened: BTreeMap<u64, Box<dyn Opened>>,
    next: u64,
}

impl<'a> RustHost<'a> {
    /// A host for this pair's variants.
    pub fn new(pair: &'a Pair) -> Self {
        keep_panics();
        RustHost {
            pair,
            opened: BTreeMap::new(),
            next: 0,
        }
    }

    /// Calls a variant once on an input that is a single call; returns the pickle of its answer or the text of a panic,
    /// and how long it took.
    ///
    /// # Errors
    ///
    /// Why the variant does not take the input.
    pub(crate) fn attempt(&mut self, variant: &str, call: &Plain) -> Result<(Attempt, Duration), String> {
        QUIET.store(true, Ordering::Relaxed);
        let open = || self.pair.open_rust_on(variant, call);
        let mut opened = match guarded(open) {
            Ok(opened) => opened.ok_or_else(|| format!("there is no Rust variant {variant:?}"))??,
            Err(fault) => return Err(fault.to_string()),
        };
        if let Some(why) = opened.unreadable() {
            return Err(why.into());
        }
        let start = Instant::now();
        Ok(match guarded(|| opened.call()) {
            Ok(Ok((pickle, took))) => (Attempt::Answer(pickle), took),
            Ok(Err(error)) => (Attempt::Odd(error.0), start.elapsed()),
            Err(Fault::Panic { message }) => (Attempt::Panic(message), start.elapsed()),
            Err(other) => (Attempt::Odd(other.to_string()), start.elapsed()),
        })
    }

    fn opened(&mut self, handle: Handle) -> &mut dyn Opened {
        self.opened
            .get_mut(&handle.0)
            .expect("a handle of this host")
            .as_mut()
    }
}

impl Host for RustHost<'_> {
    fn open(&mut self, variant: &str, size: u64, seed: u64) -> Result<Ready, Fault> {
        let opened =
            guarded(|| self.pair.open_rust(variant, size, seed))?.ok_or_else(|| Fault::Declaration {
                message: format!("there is no Rust variant {variant:?}"),
                traceback: String::new(),
            })?;
        if let Some(why) = opened.unreadable() {
            return Err(Fault::Declaration {
                message: why.into(),
                traceback: String::new(),
            });
        }
        let setup = opened.setup_time();
        self.next += 1;
        self.opened.insert(self.next, opened);
        Ok(Ready {
            handle: Handle(self.next),
            setup,
        })
    }

    fn settle(&mut self) -> Result<(), Fault> {
        Ok(())
    }

    fn call(&mut self, handle: Handle) -> Result<Answer, Fault> {
        let opened = self.opened(handle);
        guarded(|| Ok((opened.call()?, opened.input()?)))?
            .map(|((output, took), input)| Answer { output, input, took })
            .map_err(|error: crate::registry::WorkloadError| Fault::Answer { message: error.0 })
    }

    fn at(&mut self, handle: Handle) -> Option<usize> {
        self.opened(handle).at()
    }

    fn time(&mut self, handle: Handle, calls: u64) -> Result<Timing, Fault> {
        let opened = self.opened(handle);
        Timing::here(|| guarded(|| opened.time(calls)))
    }

    fn close(&mut self, handle: Handle) -> Result<(), Fault> {
        let opened = self.opened.remove(&handle.0);
        guarded(|| drop(opened))
    }
}

/// The outcome of a call.
#[derive(Debug)]
pub(crate) enum Attempt {
    /// The pickle of an answer.
    Answer(Vec<u8>),
    /// The text of a panic, and its place.
    Panic(String),
    /// Why there is no pickle of its answer.
    Odd(String),
}

/// Whether panics are only kept, not printed as well: a dig makes thousands.
static QUIET: AtomicBool = AtomicBool::new(false);

/// The message that `panic!` was given: a literal or a formatted text.
fn message(payload: &dyn Any) -> &str {
    let text = payload.downcast_ref::<&str>().copied();
    text.or_else(|| payload.downcast_ref::<String>().map(String::as_str))
        .unwrap_or("a panic without a message")
}

/// Message and place of the last panic in any thread.
static LAST_PANIC: Mutex<Option<String>> = Mutex::new(None);

/// Keeps the message of a panic, which goes into the record with the pair's name; also prints it unless [`QUIET`].
fn keep_panics() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let default = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |info| {
            let text = message(info.payload());
            // A full disk is not the fault of the code that prints, be it a pair or criterion.
            if text.starts_with("failed printing to std") {
                std::process::exit(super::launcher::UNWRITTEN);
            }
            let place = info.location().map(|at| format!(" at {at}")).unwrap_or_default();
            if let Ok(mut last) = LAST_PANIC.lock() {
                *last = Some(format!("{text}{place}"));
            }
            if !QUIET.load(Ordering::Relaxed) {
                default(info);
            }
        }));
    });
}

/// Runs code of a pair; a panic comes back as a fault.
pub(crate) fn guarded<T>(run: impl FnOnce() -> T) -> Result<T, Fault> {
    catch_unwind(AssertUnwindSafe(run)).map_err(|_| {
        let message = LAST_PANIC.lock().ok().and_then(|mut last| last.take());
        Fault::Panic {
            message: message.unwrap_or_else(|| "a panic without a message".into()),
        }
    })
}
