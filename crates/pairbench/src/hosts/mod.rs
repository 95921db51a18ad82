//! What runs a variant: the Python worker, the embedded interpreter, and Rust itself, behind one small seam.
//!
//! Statistics never learn which [`Host`] a sample came from.

pub(crate) mod buildable;
pub(crate) mod cargo;
pub(crate) mod cgroups;
mod contestant;
pub mod discovery;
#[cfg(feature = "embed")]
pub mod embedded;
pub(crate) mod ending;
mod environment;
pub mod extension;
mod fault;
mod frames;
pub mod interpreter;
pub mod launcher;
pub mod limits;
mod logged;
pub(crate) mod neighbours;
mod pipes;
mod private;
mod probe;
mod python;
mod reference;
pub(crate) mod revision;
#[cfg(target_os = "linux")]
pub(crate) mod running;
pub mod rust;
mod sampler;
pub(crate) mod script;
mod seed;
pub(crate) mod served;
mod set;
pub(crate) mod steps;
#[cfg(target_os = "linux")]
mod stopped;
mod symbols;
mod wire;
pub mod worker;

pub use contestant::Contestant;
pub use fault::Fault;
pub(crate) use private::{new_beside, private_folder};
pub(crate) use probe::{PythonSource, altered, python_sources};
pub use probe::{Refusal, probe};
pub(crate) use python::Python;
pub(crate) use rust::Attempt;
pub use sampler::{Sampled, SampledFunction};
pub use set::Hosts;
pub(crate) use wire::Attempted;
pub use wire::{Counted, Raised, Watched};
#[doc(hidden)]
pub use wire::{frame, hear};

use std::time::Duration;

/// A variant that has been set up on a fresh input, by the host that did so.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Handle(pub(crate) u64);

/// A variant, ready to be called.
#[derive(Debug, Clone, Copy)]
pub struct Ready {
    /// Names it to the host.
    pub handle: Handle,
    /// What setting up its resources took; the input is not part of that.
    pub setup: Duration,
}

/// One call's answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// What it returned, as a pickle.
    pub output: Vec<u8>,
    /// Its input after the call, as a pickle.
    pub input: Vec<u8>,
    /// What the call took: a single one, so only roughly what a call takes.
    pub took: Duration,
}

/// What calls took.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Timing {
    /// By the clock.
    pub wall: Duration,
    /// CPU time meanwhile of all threads of the process, those of libraries too, and of its child processes. `None` where
    /// the system does not count it.
    pub cpu: Option<Duration>,
}

impl Timing {
    /// Adds the CPU time that this process uses while `timed` runs. It is read outside of what is timed.
    pub(crate) fn here<E>(timed: impl FnOnce() -> Result<Duration, E>) -> Result<Self, E> {
        let before = own_cpu();
        let wall = timed()?;
        let cpu = before
            .zip(own_cpu())
            .map(|(before, after)| after.saturating_sub(before));
        Ok(Timing { wall, cpu })
    }
}

/// CPU time of this process, and of its child processes that have ended and were waited for.
#[cfg(unix)]
fn own_cpu() -> Option<Duration> {
    let own = rustix::time::clock_gettime(rustix::time::ClockId::ProcessCPUTime);
    let mut ended = std::mem::MaybeUninit::<libc::rusage>::uninit();
    // SAFETY: it writes to `ended` alone, all of it where it returns 0.
    let ended = unsafe {
        let failed = libc::getrusage(libc::RUSAGE_CHILDREN, ended.as_mut_ptr()) != 0;
        (!failed).then(|| ended.assume_init())?
    };
    let time = |time: libc::timeval| {
        let micros = u64::try_from(time.tv_usec).ok()?;
        Some(Duration::from_secs(time.tv_sec.try_into().ok()?) + Duration::from_micros(micros))
    };
    Some(Duration::try_from(own).ok()? + time(ended.ru_utime)? + time(ended.ru_stime)?)
}

#[cfg(not(unix))]
fn own_cpu() -> Option<Duration> {
    None
}

/// Where variants of one pair are set up, called and timed.
pub trait Host {
    /// Sets a variant up on a fresh input of this size and seed.
    ///
    /// # Errors
    ///
    /// The fault of the set-up, or [`Fault::Declaration`] when there is no such variant.
    fn open(&mut self, variant: &str, size: u64, seed: u64) -> Result<Ready, Fault>;

    /// Called once everything to be timed is set up: garbage is collected, long-lived objects are frozen.
    ///
    /// # Errors
    ///
    /// When the host is gone.
    fn settle(&mut self) -> Result<(), Fault>;

    /// Calls once and returns the answer.
    ///
    /// # Errors
    ///
    /// The fault of the call.
    fn call(&mut self, handle: Handle) -> Result<Answer, Fault>;

    /// Of several calls for one input, the one that panicked, from 0; `None` where the fault itself names it.
    fn at(&mut self, handle: Handle) -> Option<usize> {
        let _ = handle;
        None
    }

    /// The time that these calls take, without the way to the host and back.
    ///
    /// # Errors
    ///
    /// The fault of any of the calls.
    fn time(&mut self, handle: Handle, calls: u64) -> Result<Timing, Fault>;

    /// Tears down what the set-up created.
    ///
    /// # Errors
    ///
    /// The fault of the variant's own tear-down.
    fn close(&mut self, handle: Handle) -> Result<(), Fault>;
}

/// The hosts of one pair. They start when they are first needed; one that broke is replaced.
pub trait HostSet {
    /// The host that runs this [contestant](Contestant), and its name for the variant.
    ///
    /// # Errors
    ///
    /// When it does not start.
    fn for_contestant(&mut self, name: &str) -> Result<(&mut dyn Host, String), Fault>;

    /// Called after a fault, so that a broken host is not used again.
    fn discard_broken(&mut self, name: &str, fault: &Fault);

    /// Starts the workers anew when they are needed next, with another hash seed; returns the seed before and that one.
    /// `None` where there are none.
    fn change_hashes(&mut self) -> Option<[u32; 2]> {
        None
    }

    /// The threads of this process and of all that it has started; `None` where the system does not tell.
    fn threads(&self) -> Option<u64> {
        limits::threads_of(std::process::id())
    }

    /// The deprecation warnings of this contestant's interpreter since the last call; none where nothing
    /// watches.
    ///
    /// # Errors
    ///
    /// When the host is gone, or cannot answer.
    fn deprecations(&mut self, name: &str) -> Result<Vec<Raised>, Fault> {
        let _ = name;
        Ok(Vec::new())
    }
}
