//! The tables of docs/evidence, printed as Markdown.

use crate::candidates::{CANDIDATES, mean, student};
use crate::random::{DISTRIBUTIONS, Random};
use crate::series::{Draw, Series};
use crate::{Result, SEED, made_up, pooled, repeat, replay};

const RUNS: usize = 4000;
const LAUNCHES: [usize; 7] = [3, 5, 6, 8, 10, 15, 20];

#[test]
#[ignore = "prints the candidates' coverage and width; takes minutes without --release"]
fn candidates() {
    let all = Series::load();
    for how in [Draw::Spread, Draw::Hour, Draw::BackToBack] {
        for series in &all {
            println!("\n{}, {how:?}: held in %, half-width in %\n", series.pair);
            head(&LAUNCHES.map(|n| n.to_string()));
            for (name, method) in CANDIDATES {
                let cell = |n| percent(replay(series, how, n, RUNS, method));
                row(name, LAUNCHES.map(cell));
            }
        }
    }
}

#[test]
#[ignore = "prints the candidates on made-up launches"]
fn made_up_launches() {
    for (distribution, draw) in DISTRIBUTIONS {
        println!("\n{distribution}: held in %, half-width in deviations of the bulk\n");
        head(&LAUNCHES.map(|n| n.to_string()));
        for (name, method) in CANDIDATES {
            // Each method has its own centre of a skewed distribution; of the others it is 0.
            let truth = match distribution {
                "skewed (gamma 2)" => {
                    let mut random = Random(SEED);
                    let centre =
                        |random: &mut Random| method(&made_up(draw, 1000, random), random).unwrap().centre;
                    mean(&(0..100).map(|_| centre(&mut random)).collect::<Vec<_>>())
                }
                _ => 0.0,
            };
            let cell = |n| match repeat(RUNS, truth, |random| method(&made_up(draw, n, random), random)) {
                Some(Result { held, half_width }) if half_width < 1e3 => {
                    format!("{held:.1}, {half_width:.2}")
                }
                Some(Result { held, .. }) => format!("{held:.1}, ∞"),
                None => "—".into(),
            };
            row(name, LAUNCHES.map(cell));
        }
    }
}

#[test]
#[ignore = "prints what samples give when they are taken for independent"]
fn naive() {
    println!("\nSamples as if independent: held in %, half-width in %\n");
    let all = Series::load();
    head(&all.iter().map(|series| series.pair.clone()).collect::<Vec<_>>());
    type Naive = fn(&Series, &mut Random) -> Option<crate::Interval>;
    let ways: [(&str, Naive); 2] = [
        ("one launch", |series, random| {
            student(&series.draw(Draw::Spread, 1, random)?[0].samples)
        }),
        ("ten launches pooled", |series, random| {
            pooled(&series.draw(Draw::Spread, 10, random)?)
        }),
    ];
    for (name, way) in ways {
        row(
            name,
            all.iter()
                .map(|series| percent(repeat(RUNS, series.truth, |random| way(series, random)))),
        );
    }
    let alike = |series| {
        percent(replay(series, Draw::SameOrder, 10, RUNS, |logs, _| {
            crate::chosen(logs)
        }))
    };
    row("ten launches set up in the same order", all.iter().map(alike));
}

fn percent(result: Option<Result>) -> String {
    match result {
        Some(Result { held, half_width }) if half_width < 10.0 => {
            format!("{held:.1}, {:.2}", 100.0 * half_width)
        }
        Some(Result { held, .. }) => format!("{held:.1}, ∞"),
        None => "—".into(),
    }
}

pub fn head(columns: &[String]) {
    println!(
        "| | {} |\n|---{}|",
        columns.join(" | "),
        "|---".repeat(columns.len())
    );
}

pub fn row(name: &str, cells: impl IntoIterator<Item = String>) {
    println!(
        "| {name} | {} |",
        cells.into_iter().collect::<Vec<_>>().join(" | ")
    );
}
