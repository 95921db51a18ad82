//! The claims that ratios of one run cannot test: what comes before the first answer, and what a machine checks.

use super::ratios::quotient;
use super::tally::{Tally, Vote};
use super::{Claim, ClaimResult, Evidence, Item};
use crate::analyse::PairAnalysis;
use crate::analyse::summary::Gate;
use crate::estimate::{Estimate, over_launches};

/// 6: Rust asks for more up front.
pub(super) fn up_front(pairs: &[&PairAnalysis<'_>]) -> Claim {
    let mut tally = Tally::default();
    for one in pairs {
        if let Some((saved, build)) = saved(one).zip(incremental(one)) {
            let (vote, figure) = break_even(saved, build);
            tally.add(vote, one.pair.profile, &one.pair.name, figure);
        }
    }
    let mut evidence = tally.evidence(|vote| match vote {
        Vote::For => {
            "save less per run than compiling the change takes; it pays for itself after this many runs"
                .into()
        }
        Vote::Against => "pay for it in one run".into(),
        Vote::Open => "straddle one run".into(),
    });
    evidence.extend(clean_builds(pairs));
    evidence.extend(starts(pairs));
    evidence.push(Evidence::of(match tally.tested() {
        0 => "Builds were not timed; cargo bench -- --diagnose turnaround times them",
        _ => "Not tested: whether an interpreter is everywhere, and what developers' time costs",
    }));
    Claim {
        number: 6,
        text: "Rust asks for more up front: a compile step, while an interpreter is everywhere",
        question: "Every pair whose build was timed: does compiling one change take longer than one run saves, from start to \
                first answer?",
        result: tally.result(),
        evidence,
    }
}

/// Seconds from the start of a process to its first answer, in Python and in Rust.
fn first_answers(one: &PairAnalysis<'_>) -> Option<(Estimate, Estimate)> {
    let times = one.pair.diagnoses.start_up.as_ref()?;
    let python = [&times.interpreter, &times.import, &times.python_first_call];
    let rust = [&times.process, &times.rust_first_call];
    Some((sum(&python)?, sum(&rust)?))
}

/// The sum of the parts, round by round, over all rounds that have every part.
fn sum(parts: &[&Vec<f64>]) -> Option<Estimate> {
    let rounds = parts.iter().map(|values| values.len()).min()?;
    let logs = (0..rounds).map(|round| parts.iter().map(|values| values[round]).sum::<f64>().ln());
    over_launches(&logs.collect::<Vec<_>>())
}

/// Seconds that a run in Rust saves, with an interval from one end to the opposite end. May be below zero.
fn saved(one: &PairAnalysis<'_>) -> Option<(f64, Option<(f64, f64)>)> {
    let (python, rust) = first_answers(one)?;
    let ends = python.interval.zip(rust.interval);
    Some((
        python.value - rust.value,
        ends.map(|((low, high), (least, most))| (low - most, high - least)),
    ))
}

fn incremental(one: &PairAnalysis<'_>) -> Option<f64> {
    let build = one.record.diagnoses.build.as_ref()?;
    Some(build.incremental()?.value)
}

/// The number of runs after which the saved time has paid for a build.
fn break_even((saved, ends): (f64, Option<(f64, f64)>), build: f64) -> (Vote, String) {
    let vote = match ends {
        Some((_, high)) if high < build => Vote::For,
        Some((low, _)) if low > build => Vote::Against,
        _ => Vote::Open,
    };
    let figure = match saved > 0.0 {
        true => format!("{:.0}", (build / saved).ceil()),
        false => "never: a run saves nothing".into(),
    };
    (vote, figure)
}

fn clean_builds(pairs: &[&PairAnalysis<'_>]) -> Option<Evidence> {
    let build = pairs.iter().find_map(|one| one.record.diagnoses.build.as_ref())?;
    let (seconds, packages) = (build.clean_s, build.packages);
    Some(Evidence::of(format!(
        "A clean build took {seconds:.0} s for {packages} packages"
    )))
}

/// How much earlier Rust has its first answer, over all pairs whose starts were timed.
fn starts(pairs: &[&PairAnalysis<'_>]) -> Option<Evidence> {
    let both: Vec<(Estimate, Estimate)> = pairs.iter().filter_map(|one| first_answers(one)).collect();
    let ratios: Vec<f64> = both
        .iter()
        .map(|(python, rust)| quotient(*python, *rust).value)
        .collect();
    let low = ratios.iter().copied().reduce(f64::min)?;
    let high = ratios.iter().copied().reduce(f64::max)?;
    Some(Evidence::of(format!(
        "From process start to first answer, Python takes {low:.1} to {high:.1} times as long as Rust"
    )))
}

/// 8: Rust states invariants that a machine checks.
pub(super) fn invariants(pairs: &[&PairAnalysis<'_>]) -> Claim {
    let compared: u64 = pairs
        .iter()
        .map(|one| u64::from(one.pair.verification.compared))
        .sum();
    let passed = pairs
        .iter()
        .filter(|one| one.summary.gate == Gate::Passed)
        .count();
    let failed = pairs.iter().filter(|one| one.summary.gate == Gate::Failed);
    let items: Vec<Item> = failed
        .map(|one| Item {
            pair: one.pair.name.clone(),
            figure: (one.summary.failures.first())
                .map(|failure| {
                    format!("{} {}", failure.variant, failure.fault)
                        .trim()
                        .to_string()
                })
                .unwrap_or_default(),
        })
        .collect();
    let mut evidence = vec![
        Evidence::of("What the compiler rules out is not measured: a run only sees what compiled"),
        Evidence::of(format!(
            "What a machine did check is that both sides give the same answers: {} of {}, {} compared",
            passed,
            crate::text::count(pairs.len(), "pair"),
            crate::text::count(compared as usize, "call")
        )),
    ];
    if !items.is_empty() {
        evidence.push(Evidence {
            text: "No ratio, because one side gave a different answer or none".into(),
            items,
        });
    }
    Claim {
        number: 8,
        text: "Rust states invariants that a machine checks",
        question: "Nothing that a run can count. Verification compares answers, whatever the language.",
        result: ClaimResult::NotTested,
        evidence,
    }
}
