//! How much to measure: launches, samples and time, out of what the user said and what is to be measured.

use super::Options;
use super::terminal::rough;
use crate::estimate::{MINIMUM_LAUNCHES, Precision};
use std::time::Duration;

/// A plain run ends within five minutes on two cores; this leaves room to verify, report and finish a launch.
const BUDGET: Duration = Duration::from_secs(285);
/// The same with `--quick`: half a minute.
const QUICK_BUDGET: Duration = Duration::from_secs(28);
/// Half-width at which an interval is narrow enough when nobody says otherwise.
const PRECISION: f64 = 0.02;

/// Starting the interpreters of a launch and loading the pair.
const START_S: f64 = 0.35;
/// A couple of slow calls: default cases are made to take Python 10 to 30 ms, and a sample of either side holds a call at
/// the least.
const COUPLE_S: f64 = 0.03;
/// Set-up, calibration and criterion's analysis come on top of the samples.
const OVERHEAD: f64 = 1.25;
/// Verifying a pair, two at a time.
const VERIFY_S: f64 = 0.7;

/// How the samples of a variant in a launch are taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Samples {
    /// Couples of samples.
    pub number: u32,
    /// Criterion's warm-up.
    pub warm_up: Duration,
    /// Aim for all samples together, the baseline's included.
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

    /// From thorough to hasty. Most of the spread lies between launches, so more of them serve better than longer ones; but
    /// each pays for its start.
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
            .max(f64::from(self.number) * COUPLE_S);
        OVERHEAD * (timed + self.warm_up.as_secs_f64())
    }
}

/// How much to measure.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Effort {
    /// Launches per case; with a precision the least of them.
    pub launches: u32,
    /// When a ratio is known well enough; without it there are just the launches.
    pub precision: Option<Precision>,
    /// Samples in a launch.
    pub samples: Samples,
    /// How long the run may take, verifying included.
    pub budget: Option<Duration>,
}

impl Effort {
    /// Out of the options and the comparisons in a launch of each task.
    ///
    /// # Errors
    ///
    /// When a budget is asked for that cannot hold the least number of launches; the text says what could.
    pub fn of(options: &Options, comparisons: &[usize], pairs: usize) -> Result<Self, String> {
        let precision = options.precision.or_else(|| {
            let fixed = options.launches.is_some() || options.quick;
            Precision::new(PRECISION).filter(|_| !fixed)
        });
        let launches = options.launches.unwrap_or(match precision {
            None => MINIMUM_LAUNCHES,
            Some(_) => Precision::LEAST_LAUNCHES,
        });
        let work = Work {
            comparisons,
            verify_s: VERIFY_S * pairs as f64,
        };
        let asked = |samples: Samples| Samples {
            number: options.sample_size.unwrap_or(samples.number),
            warm_up: options.warm_up_time.unwrap_or(samples.warm_up),
            measurement: options.measurement_time.unwrap_or(samples.measurement),
        };
        let samples = match options.budget {
            _ if options.quick => asked(Samples::HASTIEST),
            None => asked(Samples::LADDER[0]),
            Some(budget) => Samples::LADDER
                .into_iter()
                .map(asked)
                // Room for half as many again, which go where they are needed.
                .find(|samples| work.seconds(samples, launches) * 1.5 <= budget.as_secs_f64())
                .unwrap_or(asked(Samples::HASTIEST)),
        };
        let seconds = work.seconds(&samples, launches);
        if let Some(budget) = options.budget {
            // Whoever asks for a number of launches *and* a time gets as many as fit; three make an interval.
            let least = if options.launches.is_some() {
                work.seconds(&samples, launches.min(MINIMUM_LAUNCHES))
            } else {
                seconds
            };
            if budget.as_secs_f64() < least {
                return Err(refusal(budget, least, launches, comparisons.len()));
            }
        }
        Ok(Effort {
            launches,
            precision,
            samples,
            budget: options.budget.or_else(|| default_budget(options, seconds)),
        })
    }

    /// Seconds that the least number of launches will take, roughly.
    pub fn least_seconds(&self, comparisons: &[usize]) -> f64 {
        let verify_s = 0.0;
        let work = Work {
            comparisons,
            verify_s,
        };
        work.seconds(&self.samples, self.launches)
    }
}

/// None when the user has said how many launches there are to be; otherwise never so little that the least do not fit,
/// but for a plain `--quick`, whose point is to be quick.
fn default_budget(options: &Options, least_s: f64) -> Option<Duration> {
    let room = Duration::from_secs_f64(1.1 * least_s);
    match options.quick {
        _ if options.launches.is_some() => None,
        true if options.is_plain() => Some(QUICK_BUDGET),
        true => Some(QUICK_BUDGET.max(room)),
        false => Some(BUDGET.max(room)),
    }
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

/// What is to be measured, in numbers.
struct Work<'a> {
    comparisons: &'a [usize],
    verify_s: f64,
}

impl Work<'_> {
    fn seconds(&self, samples: &Samples, launches: u32) -> f64 {
        let pass: f64 = self
            .comparisons
            .iter()
            .map(|&number| START_S + number as f64 * samples.seconds())
            .sum();
        self.verify_s + pass * f64::from(launches)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::Parser;

    /// Six pairs with about five comparisons each, and two null pairs.
    const CATALOGUE: [usize; 8] = [5, 4, 4, 4, 7, 6, 1, 1];

    fn effort(arguments: &str, comparisons: &[usize]) -> Result<Effort, String> {
        let arguments = std::iter::once("cargo bench --").chain(arguments.split_whitespace());
        Effort::of(&Options::parse_from(arguments), comparisons, comparisons.len())
    }

    #[test]
    fn a_plain_run_has_a_precision_and_five_minutes() {
        let plain = effort("", &CATALOGUE).unwrap();
        assert_eq!((plain.launches, plain.budget), (8, Some(BUDGET)));
        assert_eq!(plain.precision.unwrap().to_string(), "±2 %");
        assert_eq!(plain.samples, Samples::LADDER[0]);
        let quick = effort("--quick", &CATALOGUE).unwrap();
        assert_eq!(
            (quick.launches, quick.precision, quick.budget),
            (3, None, Some(QUICK_BUDGET))
        );
    }

    #[test]
    fn a_user_who_says_how_much_gets_that_much() {
        let fixed = effort("--launches 50", &CATALOGUE).unwrap();
        assert_eq!((fixed.launches, fixed.precision, fixed.budget), (50, None, None));
        let both = effort("--launches 50 --budget 1m", &[2]).unwrap();
        assert_eq!(both.budget, Some(Duration::from_secs(60)));
        let precise = effort("--precision 0.5% --sample-size 33", &CATALOGUE).unwrap();
        assert_eq!(precise.precision.unwrap().to_string(), "±0.5 %");
        assert_eq!(precise.samples.number, 33);
        let all_cases = effort("", &[5; 40]).unwrap();
        assert!(
            all_cases.budget.unwrap() > BUDGET,
            "the least launches fit into what nobody asked for"
        );
    }

    #[test]
    fn a_budget_alone_is_divided_and_kept() {
        let mut before = 0.0;
        for seconds in [200, 300, 3_600] {
            let effort = effort(&format!("--budget {seconds}s"), &CATALOGUE).unwrap();
            assert_eq!(effort.budget, Some(Duration::from_secs(seconds)));
            assert!(effort.precision.is_some());
            let least = effort.least_seconds(&CATALOGUE);
            assert!(least <= seconds as f64, "{seconds} s: {least}");
            let measurement = effort.samples.measurement.as_secs_f64();
            assert!(measurement >= before, "more time, longer launches");
            before = measurement;
        }
        assert_eq!(before, 0.3);
    }

    #[test]
    fn a_budget_that_cannot_hold_the_least_is_refused_with_one_that_can() {
        let error = effort("--budget 10s", &CATALOGUE).unwrap_err();
        let proposed = error
            .split("--budget ")
            .nth(1)
            .unwrap()
            .split(',')
            .next()
            .unwrap();
        assert!(
            effort(&format!("--budget {proposed}"), &CATALOGUE).is_ok(),
            "{error}"
        );
        assert!(error.contains("--quick"), "{error}");
        assert!(effort("--launches 50 --budget 2s", &CATALOGUE).is_err());
    }
}
