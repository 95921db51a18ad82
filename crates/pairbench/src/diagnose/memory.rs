//! What variants allocate, what their processes hold, and what the garbage collector does.
//!
//! Counting slows a program, and its tables take memory. So a variant is weighed first, in a process without any
//! counting, and counted in another.

use super::{About, Diagnose, Finding, PairDiagnoses, Setting, Step, Target};
use crate::hosts::limits::{self, Bytes};
use crate::hosts::{Counted, Fault, Handle, Host, HostSet, Hosts, Watched};
use crate::registry::{Entry, Side, Variant};
use serde::{Deserialize, Serialize};
use std::path::Path;
use std::time::Duration;

/// How long a variant is called while it is weighed.
const WEIGHED: Duration = Duration::from_millis(200);
/// The least number of these calls: the peak is not always that of the first call.
const LEAST_CALLS: u64 = 3;
/// Calls that are counted: one for the figure, another to see whether it is the same again.
const COUNTED_CALLS: u64 = 2;

/// What one variant allocates and holds.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct VariantMemory {
    /// The variant.
    pub variant: String,
    /// What a warm call requests from the allocators; `None` if it cannot be counted.
    pub counts: Option<Counts>,
    /// The same for the next call.
    #[serde(default)]
    pub again: Option<Counts>,
    /// Why nothing was counted.
    #[serde(default)]
    pub uncounted: Option<String>,
    /// Processes that the variant has started; what these allocate is not in the counts. `None` if the system does not
    /// report them.
    #[serde(default)]
    pub children: Option<u32>,
    /// What its process holds; `None` if the system does not report it.
    #[serde(default)]
    pub resident: Option<Resident>,
    /// What the collector did; Python only, and only if the interpreter reports it.
    pub collections: Option<Collections>,
}

/// What one call requests from the allocators, in all threads of the process.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counts {
    /// Requests for a block, zeroed or not, those to change the size of one included.
    pub allocations: u64,
    /// Of these, the requests to change the size of a block, whether or not it moved.
    #[serde(default)]
    pub reallocations: u64,
    /// Bytes requested. A resize counts with the whole new size.
    pub bytes: u64,
    /// Most bytes held at one time, above what was held before the call.
    pub peak: u64,
}

/// Resident sizes in bytes: of the process of a variant and all that it has started, each including shared memory.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Resident {
    /// Before the input was made: the interpreter with the pair's module, or the bench process.
    pub before: u64,
    /// With input and set-up, before the first call.
    pub ready: u64,
    /// The most that was held during the calls.
    pub peak: u64,
}

/// What the garbage collector does in a call.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Collections {
    /// Collections per call, over all generations.
    pub number: f64,
    /// Seconds spent on them per call.
    pub seconds: f64,
    /// Seconds that a call took meanwhile.
    #[serde(default)]
    pub call_seconds: f64,
}

impl VariantMemory {
    /// By how much the two counted calls differ, as a share of the larger number of allocations.
    pub(crate) fn wavers_by(&self) -> Option<f64> {
        let (first, second) = (self.counts?.allocations, self.again?.allocations);
        let larger = first.max(second).max(1);
        Some(first.abs_diff(second) as f64 / larger as f64)
    }
}

impl Resident {
    /// By how many bytes input, set-up and calls raised what the process holds.
    pub fn growth(&self) -> u64 {
        self.peak.saturating_sub(self.before)
    }
}

impl Collections {
    /// The part of a call's time that is spent collecting, from 0 to 1.
    pub fn share(&self) -> f64 {
        if self.call_seconds > 0.0 {
            self.seconds / self.call_seconds
        } else {
            0.0
        }
    }

    fn of(watched: &Watched, calls: u64) -> Option<Self> {
        let per_call = |ns: u64| ns as f64 / 1e9 / calls as f64;
        Some(Collections {
            number: watched.collections? as f64 / calls as f64,
            seconds: per_call(watched.collecting_ns?),
            call_seconds: per_call(watched.ns),
        })
    }
}

impl From<Counted> for Counts {
    fn from(counted: Counted) -> Self {
        Counts {
            allocations: counted.allocations + counted.reallocations,
            reallocations: counted.reallocations,
            bytes: counted.bytes,
            peak: counted.peak,
        }
    }
}

/// A variant on the representative case of its pair.
#[derive(Clone, Copy)]
struct Subject<'a> {
    variant: &'a str,
    side: Side,
    size: u64,
    seed: u64,
}

pub(super) struct Pass;

impl Diagnose for Pass {
    fn about(&self) -> About {
        About {
            needs_quiet: false,
            step_seconds: 0.5,
            needs_counting: true,
            ..About::named("memory")
        }
    }

    fn steps<'a>(&self, _entry: &Entry, variants: &[&'a Variant], _cores: u32) -> Vec<Target<'a>> {
        variants.iter().map(|v| (Some(v.name.as_str()), None)).collect()
    }

    fn is_answered(&self, found: &PairDiagnoses, step: &Step) -> bool {
        let variant = step.variant.as_deref();
        found
            .memory
            .iter()
            .any(|known| Some(known.variant.as_str()) == variant)
    }

    /// Weighs the process of the variant, then counts two calls of it in another.
    fn run(
        &self,
        step: &Step,
        entry: &Entry,
        hosts: &mut Hosts<'_>,
        setting: Setting<'_>,
        report: &mut dyn FnMut(Finding),
    ) -> Result<(), Fault> {
        let name = step.variant.as_deref().unwrap_or_default();
        let Some(variant) = entry.pair.variants().iter().find(|variant| variant.name == name) else {
            return Ok(());
        };
        let subject = Subject {
            variant: name,
            side: variant.side,
            size: setting.size,
            seed: setting.seed,
        };
        let mut memory = weigh(subject, hosts)?;
        hosts.end_worker();
        let counted = match setting.counting {
            Ok(module) => count(subject, hosts, module).map_err(|fault| fault.to_string()),
            Err(reason) => Err(reason.to_string()),
        };
        match counted.as_deref() {
            Ok([first, second, ..]) => {
                memory.counts = Some((*first).into());
                memory.again = Some((*second).into());
            }
            Ok(_) => memory.uncounted = Some("the counting module gave no counts".into()),
            Err(reason) => memory.uncounted = Some(reason.clone()),
        }
        report(Finding::Memory { memory });
        Ok(())
    }
}

/// What the process of a variant holds, and what its collector does, over some calls.
fn weigh(subject: Subject<'_>, hosts: &mut Hosts<'_>) -> Result<VariantMemory, Fault> {
    let process = match subject.side {
        Side::Python => hosts.worker()?.process(),
        Side::Rust => std::process::id(),
    };
    let before = limits::resident_of(process);
    let (host, name) = hosts.for_contestant(subject.variant)?;
    let handle = host.open(&name, subject.size, subject.seed)?.handle;
    host.settle()?;
    let ready = limits::resident_of(process);
    // Transferring the input took memory that no call takes.
    limits::forget_peak(process);
    let first = host.time(handle, 1)?.wall;
    let calls = (WEIGHED.as_secs_f64() / first.as_secs_f64().max(1e-9)) as u64;
    let calls = calls.clamp(LEAST_CALLS, 10_000);
    let collections = match subject.side {
        Side::Python => Collections::of(&hosts.worker()?.collect(handle, calls)?, calls),
        Side::Rust => {
            host.time(handle, calls)?;
            None
        }
    };
    let resident = resident(before, ready, limits::resident_peak_of(process));
    let children = limits::descendants_of(process);
    let (host, _) = hosts.for_contestant(subject.variant)?;
    host.close(handle)?;
    Ok(VariantMemory {
        variant: subject.variant.into(),
        children,
        resident,
        collections,
        ..VariantMemory::default()
    })
}

fn resident(before: Option<Bytes>, ready: Option<Bytes>, peak: Option<Bytes>) -> Option<Resident> {
    let (before, ready) = (before?.0, ready?.0);
    // The system keeps the two figures separately, and each is exact only to a few pages.
    let peak = peak?.0.max(ready);
    Some(Resident { before, ready, peak })
}

/// What each of two warm calls requests from the allocators, in a worker that has the counting module.
fn count(subject: Subject<'_>, hosts: &Hosts<'_>, module: &Path) -> Result<Vec<Counted>, Fault> {
    let Subject {
        variant, size, seed, ..
    } = subject;
    let mut worker = hosts.worker_with(module)?;
    if subject.side == Side::Rust {
        return worker.count_rust(variant, size, seed, COUNTED_CALLS);
    }
    worker.start_counting()?;
    let handle: Handle = worker.open(variant, size, seed)?.handle;
    worker.settle()?;
    let counts = worker.count(handle, COUNTED_CALLS)?;
    worker.close(handle)?;
    Ok(counts)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counts(allocations: u64) -> Counts {
        Counts {
            allocations,
            reallocations: 0,
            bytes: 0,
            peak: 0,
        }
    }

    fn memory(first: u64, second: u64) -> VariantMemory {
        VariantMemory {
            variant: "python".into(),
            counts: Some(counts(first)),
            again: Some(counts(second)),
            ..VariantMemory::default()
        }
    }

    #[test]
    fn the_difference_between_counts_is_a_share() {
        assert_eq!(memory(0, 0).wavers_by(), Some(0.0));
        assert_eq!(memory(200, 100).wavers_by(), Some(0.5));
        assert_eq!(memory(100, 200).wavers_by(), Some(0.5));
        let once = VariantMemory {
            again: None,
            ..memory(1, 1)
        };
        assert_eq!(once.wavers_by(), None);
    }

    #[test]
    fn collections_are_those_of_one_call() {
        let watched = Watched {
            ns: 4_000_000_000,
            collections: Some(6),
            collecting_ns: Some(1_000_000_000),
        };
        let collections = Collections::of(&watched, 4).unwrap();
        assert_eq!((collections.number, collections.seconds), (1.5, 0.25));
        assert_eq!(collections.share(), 0.25);
        let silent = Watched {
            collections: None,
            ..watched
        };
        assert_eq!(Collections::of(&silent, 4), None);
    }

    #[test]
    fn a_reallocation_is_an_allocation_too() {
        let counted = Counted {
            allocations: 3,
            reallocations: 2,
            bytes: 50,
            peak: 30,
        };
        let counts = Counts::from(counted);
        assert_eq!((counts.allocations, counts.reallocations), (5, 2));
    }

    #[test]
    fn growth_is_never_negative() {
        let of = |before, ready, peak| resident(Some(Bytes(before)), Some(Bytes(ready)), Some(Bytes(peak)));
        assert_eq!(of(10, 12, 15).unwrap().growth(), 5);
        assert_eq!(of(10, 12, 11).unwrap().growth(), 2);
        assert_eq!(of(10, 8, 7).unwrap().growth(), 0);
        assert_eq!(resident(None, None, Some(Bytes(1))), None);
    }
}
