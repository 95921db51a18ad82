//! Whole comparisons: two runs of many rows, with a state of the machine that the launches of one run share.

use crate::random::{DISTRIBUTIONS, Random};
use crate::series::Series;
use crate::tables::{head, row};
use crate::two_runs::two_runs;
use crate::{SEED, logs};
use pairbench::estimate::{Change, Family, INTEREST, Outcome, State};

/// The rows of a default run of the catalogue.
const ROWS: usize = 56;

/// Comparisons in a test that is run every time.
const QUICK: usize = 70;

/// The logarithms of both runs, row by row.
#[derive(Debug, Default)]
struct Rows {
    rows: Vec<(Vec<f64>, Vec<f64>)>,
    in_step: bool,
}

/// Parameters of made-up runs: numbers of rows and launches, spread of the launches of a row, and deviation of the
/// state, which moves every row of a run by itself and all of them together. In step, each launch has its own state,
/// shared with the launch beside it.
#[derive(Debug, Clone, Copy)]
struct Made {
    rows: usize,
    launches: usize,
    spread: (f64, f64),
    state: f64,
    shape: fn(&mut Random) -> f64,
    in_step: bool,
}

const USUAL: Made = Made {
    rows: ROWS,
    launches: 8,
    spread: (0.01, 0.02),
    state: 0.0,
    shape: Random::normal,
    in_step: false,
};

impl Made {
    fn rows(&self, random: &mut Random) -> Rows {
        let common = [(); 2].map(|()| self.state * random.normal());
        let one = |random: &mut Random| {
            let spread = self.spread.0 + (self.spread.1 - self.spread.0) * random.uniform();
            let mut run = |common: f64| {
                let state = common + self.state * random.normal();
                (0..self.launches)
                    .map(|_| state + spread * (self.shape)(random))
                    .collect::<Vec<_>>()
            };
            let (mut then, mut now) = (run(common[0]), run(common[1]));
            if self.in_step {
                for (then, now) in then.iter_mut().zip(&mut now) {
                    let state = self.state * random.normal();
                    *then = state + spread * (self.shape)(random);
                    *now = state + spread * (self.shape)(random);
                }
            }
            (then, now)
        };
        Rows {
            rows: (0..self.rows).map(|_| one(random)).collect(),
            in_step: self.in_step,
        }
    }
}

/// The rows of a comparison of recorded launches, each from two of a series' five minutes; the first row is of this series.
fn recorded(all: &[Series], first: usize, launches: usize, random: &mut Random) -> Rows {
    let one = |at: usize, random: &mut Random| {
        let series = &all[(first + at) % all.len()];
        let (then, now) = two_runs(series, (launches, launches), random).unwrap();
        (logs(&then), logs(&now))
    };
    Rows {
        rows: (0..ROWS).map(|at| one(at, random)).collect(),
        in_step: false,
    }
}

/// The changes of all rows, as a comparison has them.
fn changes(rows: &Rows) -> Vec<Change> {
    let alone = of_family(rows, &Family::alone(rows.in_step));
    let shifts: Vec<_> = alone.iter().map(|change| change.shift).collect();
    let state = State::of(&shifts, rows.in_step);
    of_family(rows, &Family::new(rows.rows.len(), state, rows.in_step))
}

fn of_family(rows: &Rows, family: &Family) -> Vec<Change> {
    let rows = rows.rows.iter();
    rows.filter_map(|(then, now)| family.change(then, now)).collect()
}

fn is_changed(change: &Change) -> bool {
    matches!(change.outcome(INTEREST), Outcome::Faster | Outcome::Slower)
}

/// How many percent of comparisons called any row faster or slower, how many broke `--fail-if slower:5%`, in how many the first
/// row was slower by that rule or by its verdict, and the median of the smallest change that a row could have shown.
#[derive(Debug, Clone, Copy)]
struct Seen {
    alarms: f64,
    failures: f64,
    failed: f64,
    slower: f64,
    smallest: f64,
}

/// Compares many times; the first row's time grows by the share `slow`.
fn many(runs: usize, slow: f64, mut rows: impl FnMut(&mut Random) -> Rows) -> Seen {
    let mut random = Random(SEED);
    let (mut alarms, mut failures, mut failed, mut slower, mut smallest) = (0, 0, 0, 0, Vec::new());
    for _ in 0..runs {
        let mut rows = rows(&mut random);
        rows.rows[0].1.iter_mut().for_each(|log| *log -= slow.ln_1p());
        let changes = changes(&rows);
        alarms += usize::from(changes.iter().any(is_changed));
        failures += usize::from(changes.iter().any(|change| change.surely_slower_by(0.05)));
        failed += usize::from(changes[0].surely_slower_by(0.05));
        slower += usize::from(changes[0].outcome(INTEREST) == Outcome::Slower);
        smallest.push(changes[0].smallest().unwrap_or(f64::INFINITY));
    }
    let percent = |count: usize| 100.0 * count as f64 / runs as f64;
    Seen {
        alarms: percent(alarms),
        failures: percent(failures),
        failed: percent(failed),
        slower: percent(slower),
        smallest: 100.0 * crate::median(&smallest),
    }
}

/// The bounds leave room for what so few comparisons show by chance; the tables of docs/evidence have thousands.
#[test]
fn equal_runs_seldom_differ_in_any_row() {
    for state in [0.0, 0.005, 0.02] {
        let made = Made { state, ..USUAL };
        let seen = many(QUICK, 0.0, |random| made.rows(random));
        assert!(seen.alarms <= 8.0 && seen.failures <= 2.0, "{state}: {seen:?}");
    }
    let all = Series::load();
    let seen = many(QUICK, 0.0, |random| recorded(&all, 0, 8, random));
    assert!(seen.alarms <= 8.0 && seen.failures == 0.0, "recorded: {seen:?}");
}

#[test]
fn a_slow_down_of_one_row_fails_the_run() {
    for state in [0.0, 0.005] {
        let made = Made { state, ..USUAL };
        let seen = many(QUICK, 0.1, |random| made.rows(random));
        assert!(seen.failed >= 90.0 && seen.slower >= 95.0, "{state}: {seen:?}");
    }
}

/// A state that hides a change between two runs hides none between launches that were taken side by side.
#[test]
fn in_step_no_state_is_between_the_runs() {
    let made = Made {
        state: 0.02,
        in_step: true,
        ..USUAL
    };
    let equal = many(QUICK, 0.0, |random| made.rows(random));
    assert!(equal.alarms <= 8.0 && equal.failures <= 2.0, "{equal:?}");
    let slow = many(QUICK, 0.1, |random| made.rows(random));
    assert!(slow.failed >= 90.0 && slow.slower >= 95.0, "{slow:?}");
}

/// Without the allowances, the tests above would fail: each row by itself, and a state that is not looked for.
#[test]
fn rows_by_themselves_cry_wolf() {
    let alarms = |state: f64, family: &dyn Fn(&Rows) -> Family| {
        let made = Made { state, ..USUAL };
        let mut random = Random(SEED);
        let called = (0..QUICK).filter(|_| {
            let rows = made.rows(&mut random);
            of_family(&rows, &family(&rows)).iter().any(is_changed)
        });
        100.0 * called.count() as f64 / QUICK as f64
    };
    let alone = alarms(0.005, &|_| Family::alone(false));
    assert!(alone > 40.0, "{alone} %");
    let no_state = alarms(0.02, &|rows| {
        Family::new(rows.rows.len(), Family::alone(false).state, false)
    });
    assert!(no_state > 80.0, "{no_state} %");
}

const TABLE_RUNS: usize = 4000;

/// A line of a table: equal runs, and runs in which one row became slower by 10 %.
fn line(name: &str, runs: usize, make: &dyn Fn(&mut Random) -> Rows) {
    let (equal, slow) = (many(runs, 0.0, make), many(runs, 0.1, make));
    let figures = [equal.alarms, equal.failures, slow.slower, slow.failed];
    let cells = figures.map(|percent| format!("{percent:.1}")).into_iter();
    row(name, cells.chain([format!("{:.1} %", equal.smallest)]));
}

fn heads() {
    head(
        &[
            "any alarm",
            "`slower:5%` broken",
            "10 % called slower",
            "10 % fails",
            "smallest",
        ]
        .map(String::from),
    );
}

#[test]
#[ignore = "prints how often whole comparisons call anything; takes minutes without --release"]
fn whole_comparisons() {
    println!(
        "\n{ROWS} rows of normal launches with deviations of 1 to 2 %, in percent of {TABLE_RUNS} comparisons\n"
    );
    heads();
    for launches in [3, 5, 8, 10, 15] {
        for state in [0.0, 0.005, 0.01, 0.02] {
            let made = Made {
                launches,
                state,
                ..USUAL
            };
            let name = format!("{launches} launches, state {:.1} %", 100.0 * state);
            line(&name, TABLE_RUNS, &|random| made.rows(random));
        }
    }
    println!("\n8 launches, other numbers of rows\n");
    heads();
    for rows in [1, 4, 8, 20, 200] {
        for state in [0.0, 0.005, 0.02] {
            let made = Made { rows, state, ..USUAL };
            let name = format!("rows: {rows}, state {:.1} %", 100.0 * state);
            line(&name, TABLE_RUNS / 2, &|random| made.rows(random));
        }
    }
    println!("\n{ROWS} rows of other launches with a deviation of 0.5 to 1 % in the bulk, no state\n");
    heads();
    for launches in [3, 8, 15] {
        for (name, shape) in DISTRIBUTIONS {
            let spread = (0.005, 0.01);
            let made = Made {
                launches,
                shape,
                spread,
                ..USUAL
            };
            line(&format!("{launches}, {name}"), TABLE_RUNS / 4, &|random| {
                made.rows(random)
            });
        }
    }
}

#[test]
#[ignore = "prints the same of runs in step; takes minutes without --release"]
fn whole_comparisons_in_step() {
    println!(
        "\n{ROWS} rows of normal launches with deviations of 1 to 2 %, in percent of {TABLE_RUNS} comparisons\n"
    );
    heads();
    for launches in [5, 8, 12, 20] {
        for state in [0.0, 0.02] {
            let made = Made {
                launches,
                state,
                in_step: true,
                ..USUAL
            };
            let name = format!("{launches} launches, state {:.1} %", 100.0 * state);
            line(&name, TABLE_RUNS, &|random| made.rows(random));
        }
    }
}

#[test]
#[ignore = "prints the same of recorded launches; takes minutes without --release"]
fn whole_comparisons_of_recorded_launches() {
    println!("\n{ROWS} rows of recorded launches; the first is of the series named\n");
    heads();
    let all = Series::load();
    for launches in [3, 8, 10, 15] {
        for (first, series) in all.iter().enumerate() {
            let name = format!("{launches}, `{}`", series.pair);
            line(&name, TABLE_RUNS / 4, &|random| {
                recorded(&all, first, launches, random)
            });
        }
    }
}
