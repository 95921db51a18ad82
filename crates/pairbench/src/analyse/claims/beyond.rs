//! The claims that ratios of one run cannot tell of: what comes before the first answer, and what a machine checks.

use super::ratios::quotient;
use super::tally::{Tally, Voice};
use super::{Claim, Evidence, Item, Standing};
use crate::analyse::PairAnalysis;
use crate::analyse::summary::Gate;
use crate::estimate::{Estimate, over_launches};

/// 6: Rust asks for more up front.
pub(super) fn up_front(pairs: &[&PairAnalysis<'_>]) -> Claim {
    let mut tally = Tally::default();
    for known in pairs {
        if let Some((saved, build)) = saved(known).zip(incremental(known)) {
            let (voice, figure) = break_even(saved, build);
            tally.add(voice, known.pair.profile, &known.pair.name, figure);
        }
    }
    let mut evidence = tally.evidence(|voice| match voice {
        Voice::For => "save less in a run than compiling the change took: so many runs pay for it".into(),
        Voice::Against => "have paid for it after one run".into(),
        Voice::Open => "straddle one run".into(),
    });
    evidence.extend(clean_builds(pairs));
    evidence.extend(starts(pairs));
    evidence.push(Evidence::of(match tally.asked() {
        0 => "Builds were not timed; cargo bench -- --diagnose turnaround does it",
        _ => "That an interpreter is everywhere is not tested, nor what people's time costs",
    }));
    Claim {
        number: 6,
        text: "Rust asks for more up front: a compile step, while an interpreter is everywhere",
        asked: "Every pair whose build was timed: does compiling one change take longer than one run, from start to first \
                answer, saves?",
        standing: tally.standing(),
        evidence,
    }
}

/// Seconds from the start of a process to its first answer: of Python, and of Rust.
fn first_answers(known: &PairAnalysis<'_>) -> Option<(Estimate, Estimate)> {
    let times = known.pair.diagnoses.start_up.as_ref()?;
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

/// Seconds that a run in Rust saves; its interval from end to opposite end. May be below zero.
fn saved(known: &PairAnalysis<'_>) -> Option<(f64, Option<(f64, f64)>)> {
    let (python, rust) = first_answers(known)?;
    let ends = python.interval.zip(rust.interval);
    Some((
        python.value - rust.value,
        ends.map(|((low, high), (least, most))| (low - most, high - least)),
    ))
}

fn incremental(known: &PairAnalysis<'_>) -> Option<f64> {
    let build = known.record.diagnoses.build.as_ref()?;
    Some(build.incremental()?.value)
}

/// After how many runs a build has been paid for by what each saves.
fn break_even((saved, ends): (f64, Option<(f64, f64)>), build: f64) -> (Voice, String) {
    let voice = match ends {
        Some((_, high)) if high < build => Voice::For,
        Some((low, _)) if low > build => Voice::Against,
        _ => Voice::Open,
    };
    let figure = match saved > 0.0 {
        true => format!("{:.0}", (build / saved).ceil()),
        false => "never: a run saves nothing".into(),
    };
    (voice, figure)
}

fn clean_builds(pairs: &[&PairAnalysis<'_>]) -> Option<Evidence> {
    let build = pairs
        .iter()
        .find_map(|known| known.record.diagnoses.build.as_ref())?;
    let (seconds, packages) = (build.clean_s, build.packages);
    Some(Evidence::of(format!(
        "A build from nothing took {seconds:.0} s, for {packages} packages"
    )))
}

/// How far Rust is ahead at the first answer, over all pairs whose starts were timed.
fn starts(pairs: &[&PairAnalysis<'_>]) -> Option<Evidence> {
    let both: Vec<(Estimate, Estimate)> = pairs.iter().filter_map(|known| first_answers(known)).collect();
    let ratios: Vec<f64> = both
        .iter()
        .map(|(python, rust)| quotient(*python, *rust).value)
        .collect();
    let low = ratios.iter().copied().reduce(f64::min)?;
    let high = ratios.iter().copied().reduce(f64::max)?;
    Some(Evidence::of(format!(
        "From the start of a process to its first answer Python takes {low:.1} to {high:.1} times as long as Rust"
    )))
}

/// 8: Rust states invariants that a machine checks.
pub(super) fn invariants(pairs: &[&PairAnalysis<'_>]) -> Claim {
    let compared: u64 = pairs
        .iter()
        .map(|known| u64::from(known.pair.verification.compared))
        .sum();
    let passed = pairs
        .iter()
        .filter(|known| known.summary.gate == Gate::Passed)
        .count();
    let failed = pairs.iter().filter(|known| known.summary.gate == Gate::Failed);
    let items: Vec<Item> = failed
        .map(|known| Item {
            pair: known.pair.name.clone(),
            figure: (known.summary.failures.first())
                .map(|failure| {
                    format!("{} {}", failure.variant, failure.fault)
                        .trim()
                        .to_string()
                })
                .unwrap_or_default(),
        })
        .collect();
    let mut evidence = vec![
        Evidence::of("What the compiler rules out is not measured: a run sees only what compiled"),
        Evidence::of(format!(
            "What a machine did check is that both sides say the same: {} of {}, {} compared",
            passed,
            crate::text::count(pairs.len(), "pair"),
            crate::text::count(compared as usize, "call")
        )),
    ];
    if !items.is_empty() {
        evidence.push(Evidence {
            text: "Without a ratio, because a side gave another answer or none".into(),
            items,
        });
    }
    Claim {
        number: 8,
        text: "Rust states invariants that a machine checks",
        asked: "Nothing that can be counted here. The gate compares answers, whatever the language.",
        standing: Standing::NotTested,
        evidence,
    }
}
