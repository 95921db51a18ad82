//! A sample of a variant right next to a sample of the baseline.

use super::{Failure, Series};
use crate::estimate::step;
use crate::hosts::{Fault, Handle, HostSet, Timing};
use rand::RngExt;
use rand::rngs::StdRng;
use std::time::Duration;

/// How long a side with threads or processes is called, untimed, before each of its samples. While the other side runs,
/// they sleep; they need milliseconds to be awake on cores of their own again.
const WAKING: Duration = Duration::from_millis(15);

/// The minimum length of such a sample, so that one more pause within it matters little.
const LEAST_AWAKE: Duration = Duration::from_millis(10);

/// A JIT-compiled side is warmed up until it has not become 5 % faster for this long and this many batches of calls.
const STEADY: (Duration, u32) = (Duration::from_millis(300), 5);

/// Upper limits for that warm-up: time and batches.
const LONGEST_WARM_UP: (Duration, u32) = (Duration::from_secs(5), 10_000);

/// A variant that is set up, and how often it is called in each of criterion's iterations.
#[derive(Debug, Clone)]
pub(super) struct Timed {
    /// Its name as a contestant.
    pub name: String,
    /// Its host's handle.
    pub handle: Handle,
    /// Calls per iteration.
    pub calls: u64,
    /// Seconds that these calls take together, as calibrated.
    pub sample_s: f64,
    /// How long a sample should be.
    target: Duration,
    /// Whether setting it up started threads or processes; `None` if nothing was set up.
    started: Option<bool>,
    /// How many calls wake it before each sample.
    wakes: u64,
    /// Seconds per call in earlier launches, if these agreed.
    known: Option<f64>,
    /// Whether it is JIT-compiled.
    compiled: bool,
    /// How long the very first call took.
    first: Option<Duration>,
}

impl Timed {
    /// Not calibrated yet. A sample will be about as long as the target, or one call.
    pub fn new(name: &str, handle: Handle, target: Duration) -> Self {
        Timed {
            name: name.to_string(),
            handle,
            calls: 1,
            sample_s: 0.0,
            target,
            started: None,
            wakes: 0,
            known: None,
            compiled: false,
            first: None,
        }
    }

    /// Skips calibration if earlier launches agreed on how long a call takes.
    pub fn known(self, seconds: Option<f64>) -> Self {
        Timed {
            known: seconds,
            ..self
        }
    }

    /// Sets whether it is JIT-compiled, and so becomes faster while it runs.
    pub fn compiled(self, compiled: bool) -> Self {
        Timed { compiled, ..self }
    }

    /// Had a set-up, which may have `started` threads or processes at once; others start theirs in the first call.
    pub fn set_up(self, started: bool) -> Self {
        let started = Some(started);
        Timed { started, ..self }
    }

    /// Calls it before a sample if it has to wake up. Returns the time spent.
    fn wake(&self, hosts: &mut dyn HostSet) -> Result<Duration, Failure> {
        match self.wakes {
            0 => Ok(Duration::ZERO),
            calls => Ok(self.time(hosts, calls)?.wall),
        }
    }

    /// Times some calls. A failure carries this side's name, which may not be the variant that is being compared.
    fn time(&self, hosts: &mut dyn HostSet, calls: u64) -> Result<Timing, Failure> {
        hosts
            .for_contestant(&self.name)
            .and_then(|(host, _)| host.time(self.handle, calls))
            .map_err(|fault| Failure {
                variant: self.name.clone(),
                fault,
            })
    }

    /// Finds how many calls fill the target time, and warms up while at it. Returns the time spent.
    fn calibrate(&mut self, hosts: &mut dyn HostSet) -> Result<Duration, Failure> {
        let before = hosts.threads();
        let first = self.time(hosts, 1)?.wall;
        self.first = Some(first);
        let mut spent = first;
        let per_call = match self.known {
            Some(known) => known,
            None => self.per_call(hosts, &mut spent)?,
        };
        let per_call = match self.compiled {
            true => self.steady(per_call, hosts, &mut spent)?,
            false => per_call,
        };
        // If the system does not report threads, anything that was set up may sleep.
        let sleeps = |started| started || before.is_none_or(|before| hosts.threads() > Some(before));
        if self.started.is_some_and(sleeps) {
            self.target = self.target.max(LEAST_AWAKE);
            self.wakes = (WAKING.as_secs_f64() / per_call).ceil() as u64;
        }
        self.calls = self.filling(per_call);
        self.sample_s = per_call * self.calls as f64;
        Ok(spent)
    }

    /// How many calls fill the target, when one takes `per_call` seconds.
    fn filling(&self, per_call: f64) -> u64 {
        ((self.target.as_secs_f64() / per_call).round() as u64).max(1)
    }

    /// Seconds per call once it has stopped becoming faster.
    fn steady(&self, per_call: f64, hosts: &mut dyn HostSet, spent: &mut Duration) -> Result<f64, Failure> {
        let calls = self.filling(per_call);
        let before = *spent;
        let (mut fastest, mut same) = (per_call, (Duration::ZERO, 0));
        for _ in 0..LONGEST_WARM_UP.1 {
            let is_steady = same.0 >= STEADY.0 && same.1 >= STEADY.1;
            if is_steady || *spent - before >= LONGEST_WARM_UP.0 {
                break;
            }
            let took = self.time(hosts, calls)?.wall;
            *spent += took;
            same = (same.0 + took, same.1 + 1);
            let now = took.as_secs_f64() / calls as f64;
            if now < 0.95 * fastest {
                (fastest, same) = (now, (Duration::ZERO, 0));
            }
        }
        Ok(fastest.max(1e-9))
    }

    /// Seconds per call after the first one, which may be cold.
    fn per_call(&self, hosts: &mut dyn HostSet, spent: &mut Duration) -> Result<f64, Failure> {
        let mut calls = 1;
        loop {
            let took = self.time(hosts, calls)?.wall;
            *spent += took;
            // A tenth of the target is long enough to divide by.
            if took * 10 >= self.target {
                return Ok((took.as_secs_f64() / calls as f64).max(1e-9));
            }
            calls = calls.saturating_mul(4);
        }
    }
}

/// One take: criterion's iterations, and what both sides took.
#[derive(Debug, Clone, Copy)]
struct Take {
    iterations: u64,
    baseline: Timing,
    variant: Timing,
    baseline_first: bool,
}

/// A variant and what it is compared with, sampled together.
#[derive(Debug)]
pub(super) struct SamplePair {
    variant: Timed,
    baseline: Timed,
    random: StdRng,
    takes: Vec<Take>,
    /// Spent on calibrating and waking.
    unsampled: Duration,
}

impl SamplePair {
    pub fn new(variant: Timed, baseline: Timed, random: StdRng) -> Self {
        SamplePair {
            variant,
            baseline,
            random,
            takes: Vec::new(),
            unsampled: Duration::ZERO,
        }
    }

    /// Makes a sample of either side last about as long as its target, or one call.
    pub fn calibrate(&mut self, hosts: &mut dyn HostSet) -> Result<(), Failure> {
        let SamplePair {
            variant, baseline, ..
        } = self;
        let mut sides = [baseline, variant];
        if self.random.random() {
            sides.reverse();
        }
        for side in sides {
            self.unsampled += side.calibrate(hosts)?;
        }
        Ok(())
    }

    /// Takes one sample of both sides, in random order, and returns the variant's part of it. Criterion budgets by the
    /// wall time of the whole take, which it measures itself.
    pub fn take(&mut self, hosts: &mut dyn HostSet, iterations: u64) -> Result<Duration, Failure> {
        let baseline_first = self.random.random();
        let mut woken = Duration::ZERO;
        let mut time = |side: &Timed| {
            woken += side.wake(hosts)?;
            side.time(hosts, side.calls.saturating_mul(iterations))
        };
        let (baseline, variant) = if baseline_first {
            let baseline = time(&self.baseline)?;
            (baseline, time(&self.variant)?)
        } else {
            let variant = time(&self.variant)?;
            (time(&self.baseline)?, variant)
        };
        self.unsampled += woken;
        self.takes.push(Take {
            iterations,
            baseline,
            variant,
            baseline_first,
        });
        // For criterion an iteration is one call of the variant, so its own figures are per call too.
        Ok(variant.wall.div_f64(self.variant.calls.max(1) as f64))
    }

    /// A little less time than `sample_size` samples of both sides take. With this measurement time, criterion settles
    /// on one iteration per sample; with a little more than they take, it would round up to two and take twice as long.
    pub(crate) fn just_below(&self, sample_size: usize) -> Duration {
        let both = self.variant.sample_s + self.baseline.sample_s;
        Duration::from_secs_f64((0.8 * both * sample_size as f64).max(1e-6))
    }

    /// Time of the warm-up and timed calls so far.
    pub fn spent(&self) -> Duration {
        self.unsampled
            + self
                .takes
                .iter()
                .map(|take| take.baseline.wall + take.variant.wall)
                .sum::<Duration>()
    }

    /// Whether the ratio changes among the last takes: one side was still warming up.
    pub fn is_unsettled(&self, sample_size: usize) -> bool {
        let last = self.takes.len().saturating_sub(sample_size);
        let ratios = self.takes[last..].iter();
        let logs: Vec<f64> = ratios
            .map(|take| (take.baseline.wall.as_secs_f64() / take.variant.wall.as_secs_f64()).ln())
            .collect();
        step(&logs).is_some_and(|step| step.matters())
    }

    /// The last takes as samples of both sides: what came before was criterion's warm-up.
    pub fn last(&self, sample_size: usize) -> Result<(Series, Series, String), Fault> {
        let takes = self
            .takes
            .len()
            .checked_sub(sample_size)
            .map(|skip| &self.takes[skip..]);
        let iterations = takes.and_then(|takes| takes.first()).map(|take| take.iterations);
        let Some((takes, iterations)) = takes.zip(iterations) else {
            return Err(Fault::Harness {
                message: format!("criterion took fewer than {sample_size} samples"),
            });
        };
        if takes.iter().any(|take| take.iterations != iterations) {
            return Err(Fault::Harness {
                message: "criterion's sampling was not flat".into(),
            });
        }
        let ns = |time: Duration| u64::try_from(time.as_nanos()).unwrap_or(u64::MAX);
        let series = |side: &Timed, pick: fn(&Take) -> Timing| Series {
            calls: side.calls.saturating_mul(iterations),
            ns: takes.iter().map(|take| ns(pick(take).wall)).collect(),
            cpu_ns: takes
                .iter()
                .map(|take| pick(take).cpu)
                .sum::<Option<Duration>>()
                .map(ns),
            first_ns: side.first.map(ns),
            elsewhere_ns: None,
        };
        let variant = series(&self.variant, |take| take.variant);
        let order = takes
            .iter()
            .map(|take| if take.baseline_first { 'b' } else { 'v' })
            .collect();
        Ok((series(&self.baseline, |take| take.baseline), variant, order))
    }
}
