//! One launch, as it runs in its own process: every variant beside the baseline, in random order.

use super::sample_pair::{SamplePair, Timed};
use super::{Comparison, Failure, First, prepares};
use crate::hosts::rust::guarded;
use crate::hosts::{Contestant, Fault, Handle, HostSet, Ready};
use crate::registry::Variant;
use criterion::{Criterion, SamplingMode};
use rand::rngs::StdRng;
use rand::seq::SliceRandom;
use rand::{RngExt, SeedableRng};
use serde::{Deserialize, Serialize};
use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::panic::resume_unwind;
use std::path::PathBuf;
use std::time::Duration;

/// A set-up that takes less starts no threads or processes and opens no connections.
const NOTHING: Duration = Duration::from_micros(10);

/// How often the samples of a comparison are taken again while the ratio changes among them. A side that is still
/// warming up after that is recorded as it is.
const RETAKES: u32 = 3;

/// How samples are taken.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Sampling {
    /// Samples per variant; criterion requires at least 10.
    pub sample_size: usize,
    /// Criterion's warm-up per variant, including adjacent baseline calls.
    pub warm_up: Duration,
    /// Target time of all samples of a variant together, including adjacent baseline samples; sides with threads or
    /// processes take longer.
    pub measurement: Duration,
    /// Criterion's bootstrap resamples. We do not use its analysis; few are enough.
    pub resamples: usize,
    /// Where criterion keeps its own files.
    pub criterion_dir: PathBuf,
    /// Whether criterion draws its own report.
    pub plots: bool,
}

/// What a launch measures.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Job {
    /// Name of the pair.
    pub pair: String,
    /// Size of the case.
    pub size: u64,
    /// Size of another case, which verification has called all variants on.
    pub other_size: Option<u64>,
    /// Seed of the input.
    pub seed: u64,
    /// Seed of every random choice.
    pub order_seed: u64,
    /// The variant that all others are compared with: `python`, but in a null pair the side compared with itself.
    pub baseline: String,
    /// What to compare with the baseline: [contestants](Contestant), each beside the baseline of the same interpreter.
    /// `embedded` and `null` are among the names. The baseline itself is compared with the harness's reference.
    pub contestants: Vec<String>,
    /// How to take samples.
    pub sampling: Sampling,
    /// Seconds per call of the contestants on which earlier launches agreed: these are not calibrated again.
    #[serde(default)]
    pub known: BTreeMap<String, f64>,
    /// Contestants whose interpreter compiles them while they run.
    #[serde(default)]
    pub compiled: BTreeSet<String>,
}

/// What a launch reports while it runs; reports before a crash are not lost.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum Event {
    /// A variant is about to be set up; if the process dies now, this variant is to blame.
    Starts {
        /// The variant.
        variant: String,
    },
    /// Its samples.
    Took {
        /// The samples.
        comparison: Comparison,
        /// Seconds of warm-up and timed calls that they cost.
        timed_s: f64,
    },
    /// It failed.
    Fails {
        /// Which variant and why.
        failure: Failure,
    },
    /// Everything is done.
    Done,
}

/// Measures every contestant, each right beside the baseline. A variant that fails is left out and reported. When the
/// baseline itself fails, the launch is over for its interpreter.
pub fn run(job: &Job, hosts: &mut dyn HostSet, report: &mut dyn FnMut(Event)) {
    let mut random = StdRng::seed_from_u64(job.order_seed);
    let mut order = job.contestants.clone();
    order.shuffle(&mut random);
    let mut over = HashSet::new();
    for variant in order {
        let contestant = Contestant::of(&variant);
        if over.contains(&contestant.interpreter) {
            continue;
        }
        report(Event::Starts {
            variant: variant.clone(),
        });
        match compare(job, &variant, hosts, &mut random) {
            Ok((comparison, timed)) => report(Event::Took {
                comparison,
                timed_s: timed.as_secs_f64(),
            }),
            Err(failure) => {
                hosts.discard_broken(&failure.variant, &failure.fault);
                if failure.variant == contestant.with(&job.baseline).to_string() {
                    // Without the baseline nothing can be compared.
                    over.insert(contestant.interpreter);
                }
                report(Event::Fails { failure });
            }
        }
    }
    report(Event::Done);
}

/// One comparison: set up both sides in random order, let criterion sample them, tear them down.
fn compare(
    job: &Job,
    variant: &str,
    hosts: &mut dyn HostSet,
    random: &mut StdRng,
) -> Result<(Comparison, Duration), Failure> {
    // The baseline has no partner among the variants. Beside work that is the same in every run, it can also be
    // compared between runs: whatever slows the machine slows both.
    let contestant = Contestant::of(variant);
    let partner = if contestant.variant == job.baseline {
        Variant::REFERENCE
    } else {
        &job.baseline
    };
    let partner = contestant.with(partner).to_string();
    let mut opened = Vec::new();
    let compared = set_up_and_sample(job, &partner, variant, hosts, random, &mut opened);
    // Even after a fault: a pool that is left behind would run beside the next variant.
    let closed = opened
        .into_iter()
        .map(|(name, handle)| {
            let closed = hosts
                .for_contestant(name)
                .and_then(|(host, _)| host.close(handle));
            closed.map_err(blame(name))
        })
        .fold(Ok(()), Result::and);
    compared.and_then(|compared| closed.map(|()| compared))
}

/// For `map_err`: makes a fault the failure of this contestant.
fn blame(name: &str) -> impl Fn(Fault) -> Failure + '_ {
    move |fault| Failure {
        variant: name.to_string(),
        fault,
    }
}

/// All of [`compare`] except the end: whatever was set up is in `opened`, even after a fault.
fn set_up_and_sample<'a>(
    job: &Job,
    partner: &'a str,
    variant: &'a str,
    hosts: &mut dyn HostSet,
    random: &mut StdRng,
    opened: &mut Vec<(&'a str, Handle)>,
) -> Result<(Comparison, Duration), Failure> {
    let set_up_first = if random.random() {
        First::Baseline
    } else {
        First::Variant
    };
    let mut open = |name: &'a str| {
        // Its worker may start now, which is not part of the set-up.
        hosts.for_contestant(name).map_err(blame(name))?;
        let before = hosts.threads();
        let (host, inner) = hosts.for_contestant(name).map_err(blame(name))?;
        let ready = host.open(&inner, job.size, job.seed).map_err(blame(name))?;
        opened.push((name, ready.handle));
        Ok((ready, hosts.threads() > before))
    };
    let (ready, beside) = match set_up_first {
        First::Baseline => {
            let beside = open(partner)?;
            (open(variant)?, beside)
        }
        First::Variant => (open(variant)?, open(partner)?),
    };
    for name in [variant, partner] {
        hosts
            .for_contestant(name)
            .and_then(|(host, _)| host.settle())
            .map_err(blame(name))?;
    }

    let target = job.sampling.measurement / (job.sampling.sample_size as u32 * 2);
    let timed = |name: &str, (ready, started): (Ready, bool)| {
        let timed = Timed::new(name, ready.handle, target)
            .known(job.known.get(name).copied())
            .compiled(job.compiled.contains(name));
        match ready.setup < NOTHING {
            true => timed,
            false => timed.set_up(started),
        }
    };
    let pair = RefCell::new(SamplePair::new(
        timed(variant, ready),
        timed(partner, beside),
        StdRng::seed_from_u64(random.random()),
    ));
    pair.borrow_mut().calibrate(hosts)?;
    sample(job, variant, &pair, hosts)?;
    let mut retaken = 0;
    while retaken < RETAKES && pair.borrow().is_unsettled(job.sampling.sample_size) {
        retaken += 1;
        sample(job, variant, &pair, hosts)?;
    }

    let pair = pair.into_inner();
    let timed = pair.spent();
    let (mut baseline_samples, mut variant_samples, order) =
        pair.last(job.sampling.sample_size).map_err(blame(variant))?;
    for (name, series) in [(partner, &mut baseline_samples), (variant, &mut variant_samples)] {
        let later = series.per_call().map(|ns| ns * 1e-9).reduce(f64::min);
        let calls = series.first_ns.map(|ns| ns as f64 * 1e-9).zip(later);
        if calls.is_some_and(|(first, later)| prepares(first, later)) {
            series.elsewhere_ns = first_calls_elsewhere(job, name, hosts);
        }
    }
    let comparison = Comparison {
        variant: variant.to_string(),
        set_up_first,
        setup_ns: u64::try_from(ready.0.setup.as_nanos()).unwrap_or(u64::MAX),
        baseline_samples,
        variant_samples,
        order,
        retaken,
    };
    Ok((comparison, timed))
}

/// How long the first two calls on another case take, in nanoseconds. Once code is compiled and modules are imported,
/// the first is as fast as the second; if answers are cached, it is not. `None` if such a call fails.
fn first_calls_elsewhere(job: &Job, name: &str, hosts: &mut dyn HostSet) -> Option<[u64; 2]> {
    let (host, variant) = hosts.for_contestant(name).ok()?;
    let ready = host.open(&variant, job.other_size?, job.seed).ok()?;
    let mut call = || {
        let took = host.time(ready.handle, 1).ok()?;
        u64::try_from(took.wall.as_nanos()).ok()
    };
    let calls = call().zip(call());
    host.close(ready.handle).ok()?;
    calls.map(Into::into)
}

/// Lets criterion warm up and choose the iterations; what it measures are our sample pairs.
fn sample(
    job: &Job,
    variant: &str,
    pair: &RefCell<SamplePair>,
    hosts: &mut dyn HostSet,
) -> Result<(), Failure> {
    let sampling = &job.sampling;
    let hosts = RefCell::new(hosts);
    let failed = RefCell::new(None);
    let benched = guarded(|| {
        let mut criterion = Criterion::default()
            .sample_size(sampling.sample_size)
            .warm_up_time(sampling.warm_up)
            .measurement_time(pair.borrow().just_below(sampling.sample_size))
            .nresamples(sampling.resamples)
            .output_directory(&sampling.criterion_dir)
            .with_output_color(false);
        if !sampling.plots {
            criterion = criterion.without_plots();
        }
        let mut group = criterion.benchmark_group(&job.pair);
        // Linear sampling would need thousands of calls of a slow function.
        group.sampling_mode(SamplingMode::Flat);
        group.bench_function(variant, |bencher| {
            bencher.iter_custom(|iterations| {
                match pair.borrow_mut().take(&mut **hosts.borrow_mut(), iterations) {
                    Ok(elapsed) => elapsed,
                    Err(failure) => {
                        *failed.borrow_mut() = Some(failure);
                        // Criterion can do nothing useful with a half-measured benchmark.
                        resume_unwind(Box::new("fault"));
                    }
                }
            });
        });
        group.finish();
        if sampling.plots {
            criterion.final_summary();
        }
    });
    match (failed.into_inner(), benched) {
        (Some(failure), _) => Err(failure),
        (None, Ok(())) => Ok(()),
        // If its own analysis or drawing panicked, all samples had been taken.
        (None, Err(panic)) => match pair.borrow().last(sampling.sample_size) {
            Ok(_) => Ok(()),
            Err(_) => Err(blame(variant)(Fault::Harness {
                message: format!("criterion stopped: {panic}"),
            })),
        },
    }
}
