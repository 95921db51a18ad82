//! Runs whose launches depend on each other: do the intervals hold, and what does it cost if there is no dependence?

use crate::random::Random;
use crate::series::{Draw, Series};
use crate::{SEED, median, tables};
use pairbench::estimate::{Dependence, Estimate, IntervalRule, Timed};

/// How the launches of a run depend on each other.
#[derive(Debug, Clone, Copy)]
enum How {
    Independent,
    /// Each launch of a ratio depends on the one before: autoregression of the first order.
    Neighbours(f64),
    /// Every ratio rises or falls by this many deviations over the run.
    Drift(f64),
    /// The machine changes between two states at random, after two minutes on average, and each ratio is higher in one of them,
    /// by this number of deviations.
    States(f64),
}

/// A made-up run: one ratio of each of some pairs, launched once in every pass.
#[derive(Debug, Clone, Copy)]
struct Made {
    ratios: usize,
    launches: usize,
    pass_s: f64,
    how: How,
}

/// The deviation of independent launches.
const DEVIATION: f64 = 0.02;

/// Duration of a pass over the catalogue.
const PASS_S: f64 = 52.0;

const STATE_S: f64 = 120.0;

impl Made {
    /// The launches of each ratio. The truth is 0: over the run in the case of a drift, otherwise in the long run.
    fn run(self, random: &mut Random) -> Vec<Vec<Timed>> {
        let seconds = self.launches as f64 * self.pass_s;
        let states = states(seconds, random);
        let one = |random: &mut Random| {
            let sign = if random.uniform() < 0.5 { -1.0 } else { 1.0 };
            let mut before = random.normal();
            let mut launch = |pass: usize, random: &mut Random| {
                let at = (pass as f64 + random.uniform()) * self.pass_s;
                let chance = random.normal();
                let log = match self.how {
                    How::Independent => chance,
                    How::Neighbours(part) => {
                        before = part * before + (1.0 - part * part).sqrt() * chance;
                        before
                    }
                    How::Drift(change) => chance + sign * change * (at / seconds - 0.5),
                    How::States(apart) => {
                        let changes = states.iter().filter(|change| **change < at).count();
                        let upper = changes % 2 == 0;
                        chance + sign * apart * if upper { 0.5 } else { -0.5 }
                    }
                };
                (at, DEVIATION * log)
            };
            (0..self.launches).map(|pass| launch(pass, random)).collect()
        };
        (0..self.ratios).map(|_| one(random)).collect()
    }
}

/// The times at which the machine changes its state.
fn states(seconds: f64, random: &mut Random) -> Vec<f64> {
    let mut changes = vec![-STATE_S * random.uniform().ln()];
    while changes[changes.len() - 1] < seconds {
        changes.push(changes[changes.len() - 1] - STATE_S * random.uniform().ln());
    }
    changes
}

/// Percent of intervals that hold without and with the allowance for dependence, and the factor by which it widens
/// them: mean and median.
#[derive(Debug)]
struct Seen {
    plain: f64,
    held: f64,
    wider: f64,
    median: f64,
}

/// The first `counted` ratios of many runs, each with the logarithm of its truth.
fn many(runs: usize, counted: usize, mut run: impl FnMut(&mut Random) -> Vec<(Vec<Timed>, f64)>) -> Seen {
    let mut random = Random(SEED);
    let (mut plain, mut held, mut wider) = (0, 0, Vec::new());
    for _ in 0..runs {
        let ratios = run(&mut random);
        let pairs: Vec<_> = ratios.iter().map(|ratio| vec![ratio.0.clone()]).collect();
        let rule = IntervalRule {
            dependence: Dependence::of(&pairs),
            ..IntervalRule::default()
        };
        for (launches, truth) in ratios.into_iter().take(counted) {
            let [without, with] =
                [IntervalRule::default(), rule].map(|rule| rule.over_launches(&launches).unwrap());
            plain += usize::from(holds(without, truth));
            held += usize::from(holds(with, truth));
            let width = |estimate: Estimate| {
                let (low, high) = estimate.interval.unwrap();
                (high / low).ln()
            };
            wider.push(width(with) / width(without));
        }
    }
    let percent = |count: usize| 100.0 * count as f64 / wider.len() as f64;
    Seen {
        plain: percent(plain),
        held: percent(held),
        wider: wider.iter().sum::<f64>() / wider.len() as f64,
        median: median(&wider),
    }
}

fn holds(estimate: Estimate, truth: f64) -> bool {
    let (low, high) = estimate.interval.unwrap();
    low.ln() <= truth && truth <= high.ln()
}

fn made(runs: usize, made: Made) -> Seen {
    many(runs, made.ratios, |random| {
        let ratios = made.run(random).into_iter();
        ratios.map(|launches| (launches, 0.0)).collect()
    })
}

/// Runs of recorded launches: this series beside the others over the same five minutes, in the order taken.
fn recorded(runs: usize, of: &Series, all: &[Series], launches: usize) -> Seen {
    many(runs, 1, |random| {
        let seed = random.next();
        let one = |series: &Series| {
            let mut own = series.draw(Draw::Spread, launches, &mut Random(seed)).unwrap();
            own.sort_by(|a, b| a.at_s.total_cmp(&b.at_s));
            let timed = own.iter().map(|launch| (launch.at_s, launch.log));
            (timed.collect(), series.truth)
        };
        let others = all.iter().filter(|series| series.pair != of.pair);
        std::iter::once(of).chain(others).map(one).collect()
    })
}

#[test]
fn intervals_of_dependent_launches_hold() {
    for launches in [8, 20] {
        let seen = |how| {
            made(
                20,
                Made {
                    ratios: 24,
                    launches,
                    pass_s: PASS_S,
                    how,
                },
            )
        };
        let independent = seen(How::Independent);
        assert!(
            independent.held >= 94.0 && independent.wider <= 1.15,
            "{launches}: {independent:?}"
        );
        let neighbours = seen(How::Neighbours(0.5));
        assert!(
            neighbours.plain < 85.0 && neighbours.held >= 90.0,
            "{launches}: {neighbours:?}"
        );
        let drift = seen(How::Drift(2.5));
        assert!(drift.held >= 90.0, "{launches}: {drift:?}");
    }
    let states = made(
        100,
        Made {
            ratios: 8,
            launches: 20,
            pass_s: PASS_S,
            how: How::States(2.0),
        },
    );
    assert!(states.plain < 88.0 && states.held >= 90.0, "{states:?}");
}

#[test]
fn recorded_launches_lose_no_coverage() {
    let all = Series::load();
    for of in &all {
        for launches in [8, 20] {
            let seen = recorded(300, of, &all, launches);
            assert!(seen.held >= seen.plain, "{}, {launches}: {seen:?}", of.pair);
            assert!(seen.median <= 1.15, "{}, {launches}: {seen:?}", of.pair);
        }
    }
}

#[test]
#[ignore = "prints how often intervals of dependent launches hold, and how much wider they are"]
fn dependent_launches() {
    const RUNS: usize = 400;
    const LAUNCHES: [usize; 4] = [8, 12, 20, 40];
    let cell = |seen: Seen| {
        let Seen {
            plain, held, wider, ..
        } = seen;
        format!("{plain:.1} → {held:.1}, ×{wider:.2}")
    };
    let hows = [
        ("independent", How::Independent),
        ("each depends on the one before, 0.5", How::Neighbours(0.5)),
        ("drift of 5 %", How::Drift(2.5)),
        ("states 2 % apart", How::States(1.0)),
        ("states 4 % apart", How::States(2.0)),
        ("states 8 % apart", How::States(4.0)),
    ];
    for (ratios, minutes) in [(56, None), (56, Some(7.0)), (8, None), (4, None), (1, None)] {
        let lasts = minutes.map_or("a pass takes 52 s".into(), |m| {
            format!("the run takes {m} minutes")
        });
        println!("\n{ratios} ratios, {lasts}\n");
        tables::head(&LAUNCHES.map(|n| n.to_string()));
        for (name, how) in hows {
            let cell = |launches| {
                let pass_s = minutes.map_or(PASS_S, |m| 60.0 * m / launches as f64);
                let of = Made {
                    ratios,
                    launches,
                    pass_s,
                    how,
                };
                cell(made(RUNS * 56 / ratios.max(8), of))
            };
            tables::row(name, LAUNCHES.map(cell));
        }
    }
    println!("\nrecorded launches, over five minutes\n");
    tables::head(&[6, 8, 10, 15, 20].map(|n: usize| n.to_string()));
    let all = Series::load();
    for of in &all {
        tables::row(
            &of.pair,
            [6, 8, 10, 15, 20].map(|n| cell(recorded(4000, of, &all, n))),
        );
    }
}
