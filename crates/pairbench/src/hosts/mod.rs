//! The hosts that run variants: the Python worker, the embedded interpreter, and Rust itself, behind one small trait.
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

/// Identifies a variant that a host has set up on a fresh input.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Handle(pub(crate) u64);

/// A variant, ready to be called.
#[derive(Debug, Clone, Copy)]
pub struct Ready {
    /// Identifies it to the host.
    pub handle: Handle,
    /// How long setting up its resources took, without the input.
    pub setup: Duration,
}

/// One call's answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// What it returned, as a pickle.
    pub output: Vec<u8>,
    /// Its input after the call, as a pickle.
    pub input: Vec<u8>,
    /// How long the call took: a single one, so only roughly what a call takes.
    pub took: Duration,
}

/// How long calls took.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Timing {
    /// Wall time.
    pub wall: Duration,
    /// CPU time meanwhile of all threads of the process, including those of libraries, and of its child processes.
    /// `None` if the system does not count it.
    pub cpu: Option<Duration>,
}

impl Timing {
    /// Adds the CPU time that this process uses while `timed` runs. It is read outside the timed span.
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
    // SAFETY: it writes only to `ended`, and all of it if it returns 0.
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

    /// If one input takes several calls: the index of the call that panicked. `None` if the fault itself names it.
    fn at(&mut self, handle: Handle) -> Option<usize> {
        let _ = handle;
        None
    }

    /// The time that these calls take, without the round trip to the host.
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

    /// Restarts the workers with another hash seed when they are next needed; returns the old seed and the new one.
    /// `None` if there are no workers.
    fn change_hashes(&mut self) -> Option<[u32; 2]> {
        None
    }

    /// The number of threads of this process and all its descendants; `None` if the system does not report it.
    fn threads(&self) -> Option<u64> {
        limits::threads_of(std::process::id())
    }

    /// The deprecation warnings of this contestant's interpreter since the last call; none if nothing watches.
    ///
    /// # Errors
    ///
    /// When the host is gone, or cannot answer.
    fn deprecations(&mut self, name: &str) -> Result<Vec<Raised>, Fault> {
        let _ = name;
        Ok(Vec::new())
    }
}
