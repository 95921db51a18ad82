//! The recorded launches, and ways of drawing a run from them.

use crate::random::Random;
use flate2::read::GzDecoder;
use pairbench::estimate::launch_log_ratio;
use std::io::{BufRead, BufReader};

/// One recorded process.
pub struct Launch {
    pub round: usize,
    /// Seconds since the first of all.
    pub at_s: f64,
    pub b_set_up_first: bool,
    /// Logarithm of each adjacent ratio.
    pub samples: Vec<f64>,
    /// The launch's estimate, by the public function.
    pub log: f64,
}

/// All launches of a pair, in the order taken.
pub struct Series {
    pub pair: String,
    pub launches: Vec<Launch>,
    /// Logarithm of the true ratio: 0 for a pair of equal sides, else the median of all launches.
    pub truth: f64,
}

/// How a run takes its launches.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Draw {
    /// Round-robin over five rounds (some five minutes), as the harness does.
    Spread,
    /// Each from another round of the hour.
    Hour,
    /// One after the other within a round.
    BackToBack,
    /// Spread, but always set up in the same order.
    SameOrder,
}

impl Series {
    /// The three pairs of `tests/data/launches.jsonl.gz`.
    pub fn load() -> Vec<Series> {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/launches.jsonl.gz");
        let file = std::fs::File::open(path).unwrap_or_else(|e| panic!("{path}: {e}"));
        let mut all: Vec<Series> = Vec::new();
        for line in BufReader::new(GzDecoder::new(file)).lines() {
            let line: serde_json::Value = serde_json::from_str(&line.unwrap()).unwrap();
            let times = |side: &str| -> Vec<f64> {
                let samples = line[side].as_array().unwrap().iter();
                samples.map(|ns| ns.as_f64().unwrap()).collect()
            };
            let (a, b) = (times("a_ns"), times("b_ns"));
            let pair = line["pair"].as_str().unwrap();
            let launch = Launch {
                round: line["round"].as_u64().unwrap() as usize,
                at_s: line["at_s"].as_f64().unwrap(),
                b_set_up_first: line["b_set_up_first"].as_bool().unwrap(),
                samples: a.iter().zip(&b).map(|(a, b)| (a / b).ln()).collect(),
                log: launch_log_ratio(&a, &b).unwrap(),
            };
            match all.iter_mut().find(|series| series.pair == pair) {
                Some(series) => series.launches.push(launch),
                None => all.push(Series {
                    pair: pair.into(),
                    launches: vec![launch],
                    truth: 0.0,
                }),
            }
        }
        for series in all.iter_mut().filter(|series| !series.is_null()) {
            series.truth =
                crate::candidates::median(&series.launches.iter().map(|l| l.log).collect::<Vec<_>>());
        }
        all
    }

    /// Whether both sides are the same code.
    pub fn is_null(&self) -> bool {
        self.pair.ends_with("/ itself")
    }

    /// A run of `n` launches, none twice; `None` if this way of drawing has fewer.
    pub fn draw(&self, how: Draw, n: usize, random: &mut Random) -> Option<Vec<&Launch>> {
        const ROUNDS: usize = 50;
        let round = |round: usize| self.launches.iter().filter(move |launch| launch.round == round);
        match how {
            Draw::BackToBack => {
                let all: Vec<_> = round(random.below(ROUNDS)).collect();
                let start = random.below((all.len() + 1).checked_sub(n)?);
                Some(all[start..start + n].to_vec())
            }
            Draw::Hour => {
                let mut rounds: Vec<usize> = (0..ROUNDS).collect();
                random.shuffle(&mut rounds);
                let one = |r: &usize, random: &mut Random| {
                    let all: Vec<_> = round(*r).collect();
                    all[random.below(all.len())]
                };
                Some(rounds.get(..n)?.iter().map(|r| one(r, random)).collect())
            }
            Draw::Spread | Draw::SameOrder => {
                let start = random.below(ROUNDS - 4);
                let mut window: Vec<Vec<&Launch>> = (start..start + 5)
                    .map(|r| {
                        round(r)
                            .filter(|l| how == Draw::Spread || l.b_set_up_first)
                            .collect()
                    })
                    .collect();
                window.iter_mut().for_each(|launches| random.shuffle(launches));
                (0..n).map(|i| window[i % 5].pop()).collect()
            }
        }
    }
}
