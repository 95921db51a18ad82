//! How the time of parallel and concurrent variants falls with more workers.

use super::{About, Diagnose, Diagnoser, Failure, Finding, PairDiagnoses, Setting, Step, Target};
use crate::hosts::{Fault, Handle, HostSet, Hosts};
use crate::registry::{Entry, Profile, Variant};
use rand::SeedableRng;
use rand::rngs::StdRng;
use rand::seq::SliceRandom;
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// Environment variables that tell variants how many workers to use: `PAIRBENCH_WORKERS` for Python files, and those
/// that rayon and tokio obey by themselves.
pub(crate) const WORKERS: [&str; 3] = ["PAIRBENCH_WORKERS", "RAYON_NUM_THREADS", "TOKIO_WORKER_THREADS"];

/// A sample is as many calls as take about this long, or one.
const SAMPLE: Duration = Duration::from_millis(25);

/// Time limit of all rounds together, if that leaves [`FEWEST`] of them.
const ALL: Duration = Duration::from_secs(6);

/// Minimum and maximum number of samples of each variant.
const FEWEST: usize = 5;
const MOST: usize = 11;

/// One variant over numbers of workers.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct VariantScaling {
    /// The variant.
    pub variant: String,
    /// By the number of workers.
    pub points: Vec<Point>,
}

/// The times of a variant by number of workers.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Point {
    /// The number of workers.
    pub workers: u32,
    /// Seconds per call, one value per sample. The i-th samples of all variants with the same number of workers were
    /// taken next to each other, in random order.
    pub seconds: Vec<f64>,
}

impl VariantScaling {
    /// Adds points of a variant to the known ones.
    pub(crate) fn gather(all: &mut Vec<VariantScaling>, new: VariantScaling) {
        match all.iter_mut().find(|known| known.variant == new.variant) {
            Some(known) => {
                known.points.extend(new.points);
                known.points.sort_by_key(|point| point.workers);
            }
            None => all.push(new),
        }
    }
}

/// A variant that is set up, with its samples so far.
struct Sampled {
    variant: String,
    handle: Handle,
    calls: u64,
    seconds: Vec<f64>,
}

pub(super) struct Pass;

impl Diagnose for Pass {
    fn about(&self) -> About {
        About {
            is_cheap: false,
            step_seconds: 4.0,
            // How they scale is the point of them.
            includes_free_threaded: true,
            ..About::named("scaling")
        }
    }

    fn steps<'a>(&self, entry: &Entry, _variants: &[&'a Variant], cores: u32) -> Vec<Target<'a>> {
        match entry.pair.profile() {
            Profile::Parallel | Profile::Concurrent => (1..=cores + 1).map(|n| (None, Some(n))).collect(),
            _ => Vec::new(),
        }
    }

    fn is_answered(&self, found: &PairDiagnoses, step: &Step) -> bool {
        let mut points = found.scaling.iter().flat_map(|scaling| &scaling.points);
        points.any(|point| Some(point.workers) == step.workers)
    }

    /// Times every variant of the pair with the step's number of workers, which this process was started for. The
    /// baseline is among them, since a variant's ratio to it is unaffected by the drift of the machine.
    fn run(
        &self,
        step: &Step,
        _entry: &Entry,
        hosts: &mut Hosts<'_>,
        setting: Setting<'_>,
        report: &mut dyn FnMut(Finding),
    ) -> Result<(), Fault> {
        let workers = step.workers.unwrap_or(1);
        let mut random = StdRng::seed_from_u64(u64::from(hosts.setup().hash_seed));
        let mut names = setting.variants.to_vec();
        names.shuffle(&mut random);
        let mut all = keep_sound(names, report, |name| set_up(name, hosts, setting))?;
        if all.iter().any(|one| one.variant == Variant::BASELINE) {
            hosts.for_contestant(Variant::BASELINE)?.0.settle()?;
        }
        let mut round = Duration::ZERO;
        all = keep_sound(all, report, |one| {
            let (one, took) = calibrate(one, hosts)?;
            round += took;
            Ok(one)
        })?;
        let rounds = (ALL.as_secs_f64() / round.as_secs_f64().max(1e-9)) as usize;
        for _ in 0..rounds.clamp(FEWEST, MOST) {
            all.shuffle(&mut random);
            all = keep_sound(all, report, |one| sample(one, hosts))?;
        }
        for one in all {
            let point = Point {
                workers,
                seconds: one.seconds,
            };
            let scaling = VariantScaling {
                variant: one.variant,
                points: vec![point],
            };
            report(Finding::Scaling { scaling });
        }
        Ok(())
    }
}

/// Something with a name to report when it fails.
trait Named {
    fn name(&self) -> &str;
}

impl Named for String {
    fn name(&self) -> &str {
        self
    }
}

impl Named for Sampled {
    fn name(&self) -> &str {
        &self.variant
    }
}

/// Applies a step to each. One that fails is reported and left out, unless all depend on it.
fn keep_sound<T: Named, U>(
    all: Vec<T>,
    report: &mut dyn FnMut(Finding),
    mut next: impl FnMut(T) -> Result<U, Fault>,
) -> Result<Vec<U>, Fault> {
    let mut sound = Vec::new();
    for one in all {
        let variant = one.name().to_string();
        match next(one) {
            Ok(one) => sound.push(one),
            Err(fault @ (Fault::Died { .. } | Fault::Killed { .. } | Fault::Harness { .. })) => {
                return Err(fault);
            }
            Err(fault) if variant == Variant::BASELINE => return Err(fault),
            Err(fault) => report(Finding::Nothing {
                failure: Failure {
                    diagnoser: Diagnoser::Scaling,
                    variant,
                    fault,
                },
            }),
        }
    }
    Ok(sound)
}

fn set_up(variant: String, hosts: &mut Hosts<'_>, setting: Setting<'_>) -> Result<Sampled, Fault> {
    let (host, name) = hosts.for_contestant(&variant)?;
    let ready = host.open(&name, setting.size, setting.seed)?;
    Ok(Sampled {
        variant,
        handle: ready.handle,
        calls: 1,
        seconds: Vec::new(),
    })
}

fn time(one: &Sampled, hosts: &mut Hosts<'_>, calls: u64) -> Result<Duration, Fault> {
    let (host, _) = hosts.for_contestant(&one.variant)?;
    Ok(host.time(one.handle, calls)?.wall)
}

/// Finds how many calls make a sample, warming up meanwhile; and about how long a sample takes.
fn calibrate(mut one: Sampled, hosts: &mut Hosts<'_>) -> Result<(Sampled, Duration), Fault> {
    time(&one, hosts, 1)?;
    let mut calls = 1;
    loop {
        let mut took = time(&one, hosts, calls)?;
        if took * 5 >= SAMPLE {
            // A single interruption would leave the samples with too few calls.
            took = took.min(time(&one, hosts, calls)?);
        }
        if took * 5 >= SAMPLE {
            let per_call = (took.as_secs_f64() / calls as f64).max(1e-9);
            one.calls = ((SAMPLE.as_secs_f64() / per_call).round() as u64).max(1);
            return Ok((one, Duration::from_secs_f64(per_call).max(SAMPLE)));
        }
        calls = calls.saturating_mul(4);
    }
}

fn sample(mut one: Sampled, hosts: &mut Hosts<'_>) -> Result<Sampled, Fault> {
    let took = time(&one, hosts, one.calls)?;
    one.seconds.push(took.as_secs_f64() / one.calls as f64);
    Ok(one)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fault(harness: bool) -> Fault {
        let message = "odd".to_string();
        match harness {
            true => Fault::Harness { message },
            false => Fault::Answer { message },
        }
    }

    fn kept(fails: &str, harness: bool) -> (Result<Vec<String>, Fault>, Vec<Finding>) {
        let mut reported = Vec::new();
        let names = ["threads", Variant::BASELINE, "rayon"].map(String::from).to_vec();
        let kept = keep_sound(names, &mut |finding| reported.push(finding), |name| {
            match name == fails {
                true => Err(fault(harness)),
                false => Ok(name),
            }
        });
        (kept, reported)
    }

    #[test]
    fn one_failure_leaves_the_others_alone() {
        let (sound, reported) = kept("threads", false);
        assert_eq!(sound.unwrap(), [Variant::BASELINE, "rayon"]);
        assert!(
            matches!(&reported[..], [Finding::Nothing { failure }] if failure.variant == "threads"),
            "{reported:?}"
        );
        assert_eq!(kept("nobody", false).0.unwrap().len(), 3);
    }

    #[test]
    fn nothing_goes_on_without_the_baseline_or_a_host() {
        assert_eq!(kept(Variant::BASELINE, false), (Err(fault(false)), Vec::new()));
        assert_eq!(kept("rayon", true), (Err(fault(true)), Vec::new()));
    }

    #[test]
    fn points_of_a_variant_are_merged_by_workers() {
        let scaling = |variant: &str, workers| VariantScaling {
            variant: variant.into(),
            points: vec![Point {
                workers,
                seconds: vec![1.0],
            }],
        };
        let mut all = Vec::new();
        for (variant, workers) in [("rayon", 2), ("threads", 2), ("rayon", 1)] {
            VariantScaling::gather(&mut all, scaling(variant, workers));
        }
        let workers: Vec<u32> = all[0].points.iter().map(|point| point.workers).collect();
        assert_eq!((all.len(), workers), (2, vec![1, 2]));
    }
}
