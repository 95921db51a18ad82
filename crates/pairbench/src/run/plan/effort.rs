//! How much to measure: launches, samples and time, from the user's options and what there is to measure.

use crate::estimate::{MINIMUM_LAUNCHES, Precision, launches_in_step};
use crate::run::options::Options;
use crate::terminal::rough;
use std::time::Duration;

/// A plain run of all shipped pairs ends within eight minutes on two cores, diagnosers included; this leaves room to report
/// and to finish a launch.
const BUDGET: Duration = Duration::from_secs(465);
/// How many times the minimum of launches a budget must hold: the further seven tenths go where they are needed.
const ROOM: f64 = 1.7;
/// How many launches of a run with a precision have extra comparisons: the baseline beside the reference, and inside this
/// process. They show how long Python takes and what embedding it costs; the ratios need neither.
pub(crate) const EXTRA_LAUNCHES: u32 = 4;
/// Half-width at which an interval is narrow enough by default.
const PRECISION: f64 = 0.02;

/// Starting a launch with its first interpreter and loading the pair.
const START_S: f64 = 0.35;
/// The same for each further interpreter.
const START_FURTHER_S: f64 = 0.15;
/// Two slow calls: default cases are sized so that Python takes about 10 to 20 ms, and a sample of either side is at
/// least one call.
const SAMPLE_PAIR_S: f64 = 0.02;
/// Set-up, calibration and criterion's analysis come on top of the samples.
const OVERHEAD: f64 = 1.25;
/// Verifying a pair, two at a time.
const VERIFY_S: f64 = 0.7;

/// How the samples of a variant in a launch are taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Samples {
    /// Number of sample pairs.
    pub number: u32,
    /// Criterion's warm-up.
    pub warm_up: Duration,
    /// Target time for all samples together, including the baseline's.
    pub measurement: Duration,
}

impl Samples {
    const fn of(number: u32, warm_up_ms: u64, measurement_ms: u64) -> Self {
        Samples {
            number,
            warm_up: Duration::from_millis(warm_up_ms),
            measurement: Duration::from_millis(measurement_ms),
        }
    }

    /// From thorough to hasty. Most of the spread lies between launches, so more launches help more than longer ones;
    /// but each has to be started.
    const LADDER: [Samples; 3] = [
        Samples::of(12, 50, 300),
        Samples::of(10, 30, 150),
        Samples::of(10, 10, 80),
    ];
    const HASTIEST: Samples = Self::LADDER[2];

    fn seconds(&self) -> f64 {
        let timed = self
            .measurement
            .as_secs_f64()
            .max(f64::from(self.number) * SAMPLE_PAIR_S);
        OVERHEAD * (timed + self.warm_up.as_secs_f64())
    }
}

/// How much to measure.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Effort {
    /// Launches per case; with a precision, the minimum.
    pub launches: u32,
    /// When a ratio is known well enough; without it, the number of launches is fixed.
    pub precision: Option<Precision>,
    /// Samples in a launch.
    pub samples: Samples,
    /// How long the run may take, verifying included.
    pub budget: Option<Duration>,
}

impl Effort {
    /// From the options and what the launches of each task compare.
    ///
    /// # Errors
    ///
    /// When the requested budget cannot hold the minimum of launches; the text names one that can.
    pub fn of(options: &Options, tasks: &[Comparisons], pairs: usize) -> Result<Self, String> {
        let precision = options.precision.or_else(|| {
            let fixed = options.launches.is_some() || options.quick;
            Precision::new(PRECISION).filter(|_| !fixed)
        });
        let launches = options.launches.unwrap_or(match precision {
            None => MINIMUM_LAUNCHES,
            Some(_) if options.against.is_some() => {
                // Each task is there twice, once for each revision.
                let rows = tasks.iter().map(|task| task.ratios).sum::<usize>() / 2;
                launches_in_step(rows).max(Precision::LEAST_LAUNCHES)
            }
            Some(_) => Precision::LEAST_LAUNCHES,
        });
        let work = Work {
            tasks,
            extra: precision.map_or(launches, |_| EXTRA_LAUNCHES),
            verify_s: VERIFY_S * pairs as f64,
        };
        let samples = samples(options, &work, launches);
        let seconds = work.seconds(&samples, launches);
        if let Some(budget) = options.budget {
            // With a number of launches *and* a time, as many run as fit; an interval needs three.
            let least = if options.launches.is_some() {
                work.seconds(&samples, launches.min(MINIMUM_LAUNCHES))
            } else {
                seconds
            };
            if budget.as_secs_f64() < least {
                return Err(refusal(budget, least, launches, tasks.len()));
            }
        }
        Ok(Effort {
            launches,
            precision,
            samples,
            budget: options.budget.or_else(|| default_budget(options, seconds)),
        })
    }

    /// Seconds by which a comparison takes longer than planned if a call of both sides takes `calls_s` together: each
    /// sample pair is at least one call of both, and there is one more to warm up and one to calibrate.
    pub fn excess_seconds(&self, calls_s: f64) -> f64 {
        (f64::from(self.samples.number + 2) * calls_s - self.samples.seconds()).max(0.0)
    }

    /// Roughly how many seconds the minimum of launches will take.
    pub fn least_seconds(&self, tasks: &[Comparisons]) -> f64 {
        let work = Work {
            tasks,
            extra: self.precision.map_or(self.launches, |_| EXTRA_LAUNCHES),
            verify_s: 0.0,
        };
        work.seconds(&self.samples, self.launches)
    }
}

/// The longest samples with which the minimum of launches fits into the budget with room to spare.
fn samples(options: &Options, work: &Work<'_>, launches: u32) -> Samples {
    let requested = |samples: Samples| Samples {
        number: options.sample_size.unwrap_or(samples.number),
        warm_up: options.warm_up_time.unwrap_or(samples.warm_up),
        measurement: options.measurement_time.unwrap_or(samples.measurement),
    };
    let budget = match options.budget {
        _ if options.quick => return requested(Samples::HASTIEST),
        None if options.launches.is_some() => return requested(Samples::LADDER[0]),
        budget => budget.unwrap_or(own_budget(options)).as_secs_f64(),
    };
    let mut ladder = Samples::LADDER.into_iter().map(requested);
    ladder
        .find(|samples| work.seconds(samples, launches) * ROOM <= budget)
        .unwrap_or(requested(Samples::HASTIEST))
}

/// `None` when the user set the number of launches; otherwise always enough for the minimum of launches.
fn default_budget(options: &Options, least_s: f64) -> Option<Duration> {
    match options.quick {
        _ if options.launches.is_some() => None,
        true => Some(Duration::from_secs_f64(ROOM * least_s)),
        false => Some(own_budget(options).max(Duration::from_secs_f64(1.1 * least_s))),
    }
}

/// The default budget of a run. Its parts, which are about equal, share it.
fn own_budget(options: &Options) -> Duration {
    BUDGET / options.shard.map_or(1, |shard| shard.of)
}

fn refusal(budget: Duration, least_s: f64, launches: u32, tasks: usize) -> String {
    // Rounded up: what the message proposes must be accepted.
    let enough = (least_s / 5.0).ceil() * 5.0;
    format!(
        "a budget of {} cannot hold {launches} launches of {tasks} cases, null pairs included: that takes about {}. \
         Say --budget {enough:.0}s, choose fewer pairs or variants (cargo bench -- NAME --variants rust), or take a first \
         impression with --quick",
        rough(budget.as_secs_f64()),
        rough(least_s)
    )
}

/// What the launches of one task compare.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Comparisons {
    /// Variants with the baseline, in every launch.
    pub ratios: usize,
    /// The baseline with the reference and with itself inside this process, in some launches.
    pub extra: usize,
    /// Interpreters that each launch starts.
    pub interpreters: usize,
}

/// What is to be measured, in numbers.
struct Work<'a> {
    tasks: &'a [Comparisons],
    /// Launches with extra comparisons.
    extra: u32,
    verify_s: f64,
}

impl Work<'_> {
    fn seconds(&self, samples: &Samples, launches: u32) -> f64 {
        let comparison_s = samples.seconds();
        let extra = f64::from(launches.min(self.extra));
        let launches = f64::from(launches);
        let of_task = |task: &Comparisons| {
            let comparisons = task.ratios as f64 * launches + task.extra as f64 * extra;
            let further = task.interpreters.saturating_sub(1) as f64;
            (START_S + START_FURTHER_S * further) * launches + comparisons * comparison_s
        };
        self.verify_s + self.tasks.iter().map(of_task).sum::<f64>()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::Parser;

    const fn task(ratios: usize, extra: usize) -> Comparisons {
        Comparisons {
            ratios,
            extra,
            interpreters: 1,
        }
    }

    /// Six pairs with about three ratios each, and two null pairs.
    const SIX: [Comparisons; 8] = [
        task(3, 2),
        task(2, 2),
        task(2, 2),
        task(2, 2),
        task(5, 2),
        task(4, 2),
        task(1, 0),
        task(1, 0),
    ];

    fn effort(arguments: &str, tasks: &[Comparisons]) -> Result<Effort, String> {
        let arguments = std::iter::once("cargo bench --").chain(arguments.split_whitespace());
        Effort::of(&Options::parse_from(arguments), tasks, tasks.len())
    }

    #[test]
    fn a_plain_run_has_a_precision_and_eight_minutes() {
        let plain = effort("", &SIX).unwrap();
        assert_eq!((plain.launches, plain.budget), (8, Some(BUDGET)));
        assert_eq!(plain.precision.unwrap().to_string(), "±2 %");
        assert_eq!(plain.samples, Samples::LADDER[0]);
        let quick = effort("--quick", &SIX).unwrap();
        assert_eq!((quick.launches, quick.precision), (3, None));
        assert!(quick.budget.unwrap() < BUDGET / 4);
    }

    #[test]
    fn a_part_has_its_share_of_the_time() {
        let half = effort("--shard 1/2", &[task(2, 2); 4]).unwrap();
        assert_eq!(half.budget, Some(BUDGET / 2));
        let scrap = effort("--shard 3/400", &[task(2, 2); 3]).unwrap();
        let (budget, least) = (scrap.budget.unwrap(), scrap.least_seconds(&[task(2, 2); 3]));
        assert!(budget.as_secs_f64() > least, "the least launches always fit");
        let explicit = effort("--shard 1/2 --budget 300s", &SIX).unwrap();
        assert_eq!(
            explicit.budget,
            Some(Duration::from_secs(300)),
            "each part has what was given"
        );
    }

    #[test]
    fn many_pairs_get_shorter_launches_and_not_more_time() {
        let many = effort("", &[task(3, 2); 24]).unwrap();
        assert_eq!(many.budget, Some(BUDGET));
        assert!(many.samples.measurement < Samples::LADDER[0].measurement);
        assert!(many.least_seconds(&[task(3, 2); 24]) < BUDGET.as_secs_f64());
    }

    #[test]
    fn extra_comparisons_cost_no_more_than_their_launches() {
        let plain = effort("", &SIX).unwrap();
        let alone = SIX.map(|one| task(one.ratios, 0));
        let extra = plain.least_seconds(&SIX) - plain.least_seconds(&alone);
        let all = f64::from(EXTRA_LAUNCHES) * 12.0 * plain.samples.seconds();
        assert!((extra - all).abs() < 1e-9, "{extra} {all}");
    }

    #[test]
    fn slow_calls_take_longer_than_planned() {
        let effort = effort("--launches 6", &SIX).unwrap();
        assert_eq!(effort.excess_seconds(1e-6), 0.0);
        let slow = effort.excess_seconds(2.0) + effort.samples.seconds();
        assert!(slow >= 2.0 * f64::from(effort.samples.number), "{slow}");
    }

    #[test]
    fn explicit_amounts_are_used() {
        let fixed = effort("--launches 50", &SIX).unwrap();
        assert_eq!((fixed.launches, fixed.precision, fixed.budget), (50, None, None));
        let both = effort("--launches 50 --budget 1m", &[task(1, 2)]).unwrap();
        assert_eq!(both.budget, Some(Duration::from_secs(60)));
        let precise = effort("--precision 0.5% --sample-size 33", &SIX).unwrap();
        assert_eq!(precise.precision.unwrap().to_string(), "±0.5 %");
        assert_eq!(precise.samples.number, 33);
        let all_cases = effort("", &[task(3, 2); 80]).unwrap();
        assert!(
            all_cases.budget.unwrap() > BUDGET,
            "the least launches fit into the default budget"
        );
    }

    #[test]
    fn beside_another_revision_ranks_have_enough_launches() {
        let launches = |pairs: usize| {
            effort("--against main", &vec![task(3, 2); 2 * pairs])
                .unwrap()
                .launches
        };
        assert_eq!((launches(1), launches(8)), (8, 10));
        let fixed = effort("--against main --launches 3", &SIX).unwrap();
        assert_eq!(fixed.launches, 3);
    }

    #[test]
    fn a_budget_alone_is_divided_and_kept() {
        let mut before = 0.0;
        for seconds in [200, 300, 3_600] {
            let effort = effort(&format!("--budget {seconds}s"), &SIX).unwrap();
            assert_eq!(effort.budget, Some(Duration::from_secs(seconds)));
            assert!(effort.precision.is_some());
            let least = effort.least_seconds(&SIX);
            assert!(least <= seconds as f64, "{seconds} s: {least}");
            let measurement = effort.samples.measurement.as_secs_f64();
            assert!(measurement >= before, "more time, longer launches");
            before = measurement;
        }
        assert_eq!(before, 0.3);
    }

    #[test]
    fn a_budget_below_the_minimum_is_refused_with_one_that_is_enough() {
        let error = effort("--budget 10s", &SIX).unwrap_err();
        let proposed = error
            .split("--budget ")
            .nth(1)
            .unwrap()
            .split(',')
            .next()
            .unwrap();
        assert!(effort(&format!("--budget {proposed}"), &SIX).is_ok(), "{error}");
        assert!(error.contains("--quick"), "{error}");
        assert!(effort("--launches 50 --budget 2s", &SIX).is_err());
    }
}
