//! pairbench's launches, judged by its own rules: within a run, and from one run to the next.

use super::figures::{Judged, PRECISION, SECONDS, holds};
use super::results::{Key, Launch, Results};

use pairbench::estimate::{Estimate, INTEREST, Outcome, Precision, Shift, between_runs, over_launches};
use std::collections::BTreeMap;

/// The launches of one comparison in one block.
#[derive(Debug, Clone, Default, PartialEq)]
struct Run {
    logs: Vec<f64>,
    walls: Vec<f64>,
}

impl Run {
    /// Wall time of the first launches.
    fn seconds(&self, launches: usize) -> f64 {
        self.walls[..launches].iter().sum()
    }

    /// How many launches end within a number of seconds.
    fn within(&self, seconds: f64) -> usize {
        (1..=self.logs.len())
            .take_while(|&launches| self.seconds(launches) <= seconds)
            .count()
    }

    fn estimate(&self, launches: usize) -> Option<Estimate> {
        over_launches(&self.logs[..launches])
    }
}

fn runs(results: &Results, busy: bool) -> BTreeMap<Key, Run> {
    let mut runs: BTreeMap<Key, Run> = BTreeMap::new();
    for Launch { key, log, wall_s } in results.launches.iter().filter(|launch| launch.key.busy == busy) {
        let run = runs.entry(*key).or_default();
        run.logs.push(*log);
        run.walls.push(*wall_s);
    }
    runs
}

/// Both sides in each launch, as a pair's two sides are: the ratio's interval against the truth.
///
/// False alarms and coverage are taken where the product stops: as soon as the interval is within ±2 % (or after ten
/// seconds). A slow-down is looked for in all launches that end within ten seconds.
pub fn side_by_side(results: &Results, busy: bool) -> Vec<Judged> {
    let precision = Precision::new(PRECISION).expect("a share");
    let judge = |(key, run): (&Key, &Run)| {
        let whole = run.within(SECONDS);
        let stop = (1..=whole).find(|&launches| precision.reached(run.estimate(launches)));
        let stopped = run.estimate(stop.unwrap_or(whole))?;
        let held = stopped.interval.map(|ends| holds(ends, 1.0 / key.truth()));
        Some(Judged {
            key: *key,
            alarm: stopped.excludes_one(),
            slower: run
                .estimate(whole)
                .and_then(|estimate| estimate.interval)
                .is_some_and(|(_, high)| high < 1.0),
            held,
            narrow: stop.map(|launches| (run.seconds(launches), held == Some(true))),
        })
    };
    runs(results, busy).iter().filter_map(judge).collect()
}

/// One side then, the other now, in runs of their own: five seconds each, so that a comparison takes ten.
///
/// Equal code: two successive runs of the same comparison under the same condition. Slow-down: a null run and the run
/// of the slowed side in the same block.
pub fn run_to_run(results: &Results, busy: bool) -> Vec<Judged> {
    let runs = runs(results, busy);
    let mut judged = Vec::new();
    for (key, now) in &runs {
        let same = |other: &&Key| {
            Key {
                block: key.block,
                ..**other
            } == *key
                && other.block < key.block
        };
        if let Some(then) = runs.keys().rev().find(same) {
            let equal = Key { slowed: 0, ..*key };
            judged.extend(judge(&equal, &runs[then], now));
        }
        if key.slowed > 0
            && let Some(then) = runs.get(&Key { slowed: 0, ..*key })
        {
            judged.extend(judge(key, then, now));
        }
    }
    judged
}

fn judge(key: &Key, then: &Run, now: &Run) -> Option<Judged> {
    let half = SECONDS / 2.0;
    let (last_then, last_now) = (then.within(half), now.within(half));
    let shift = |of_then: usize, of_now: usize| between_runs(&then.logs[..of_then], &now.logs[..of_now]);
    let held = |shift: &Shift| shift.interval.map(|ends| holds(ends, 1.0 / key.truth()));
    let whole = shift(last_then, last_now)?;
    let outcome = whole.outcome(INTEREST);
    let narrow = (1..=last_then.min(last_now)).find_map(|launches| {
        let shift = shift(launches, launches)?;
        let half_width = shift.as_estimate().relative_half_width()?;
        let seconds = then.seconds(launches) + now.seconds(launches);
        (half_width <= PRECISION).then(|| (seconds, held(&shift) == Some(true)))
    });
    Some(Judged {
        key: *key,
        alarm: matches!(outcome, Outcome::Faster | Outcome::Slower),
        slower: outcome == Outcome::Slower,
        held: held(&whole),
        narrow,
    })
}
