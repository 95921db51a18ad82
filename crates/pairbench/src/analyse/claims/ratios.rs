//! The claims that ratios can test.

use super::tally::{Tally, Vote};
use super::{Claim, Evidence};
use crate::analyse::PairAnalysis;
use crate::analyse::verdict::{Decision, Gain, Lines};
use crate::estimate::{Estimate, Ratio};
use crate::registry::{Kind, Profile, Variant};
use crate::text::{count, percent};

/// On a flat pair an extension that gains less than this part of the port's gain does not help.
const HELPS: f64 = 1.0 / 3.0;

/// 1: single-threaded Python has a ceiling that Rust does not have.
pub(super) fn ceiling(pairs: &[&PairAnalysis<'_>], lines: Lines) -> Claim {
    let mut tally = Tally::default();
    for one in pairs {
        if let Some(port) = one.port_gain() {
            let vote = vote(lines.worth(&port.ratio));
            tally.add(vote, one.pair.profile, &one.pair.name, shown(&port));
        }
    }
    let worth = lines.worth;
    let mut evidence = tally.evidence(|vote| match vote {
        Vote::For => format!("gain more than {worth}× on one core"),
        Vote::Against => format!("gain less than {worth}×"),
        Vote::Open => format!("straddle {worth}×"),
    });
    if tally.tested() > 0 {
        let by_profile = format!("By profile, above {worth}×: {}", tally.by_profile());
        evidence.insert(0, Evidence::of(by_profile));
    }
    Claim {
        number: 1,
        text: "Rust lacks Python's performance ceiling in single-threaded code",
        question: "Every pair: does Rust on one core gain more than 2×, with its whole interval?",
        result: tally.result(),
        evidence,
    }
}

/// 2: and especially in concurrent and parallel code.
pub(super) fn parallel(pairs: &[&PairAnalysis<'_>]) -> Claim {
    let mut tally = Tally::default();
    let divide =
        |one: &&&PairAnalysis<'_>| matches!(one.pair.profile, Profile::Parallel | Profile::Concurrent);
    for one in pairs.iter().filter(divide) {
        let (Some(port), Some(parallel)) = (one.port_gain(), one.of_kind(Kind::ParallelPort)) else {
            continue;
        };
        let rust = better(parallel, port.clone());
        let python = match one.of_kind(Kind::ParallelPython) {
            Some(parallel) => better(parallel, plain_python()),
            None => plain_python(),
        };
        let gap = quotient(rust.ratio, python.ratio);
        let figure = format!(
            "{} in parallel ({} ÷ {}), {} on one core",
            Ratio(gap.value),
            rust.name,
            python.name,
            Ratio(port.ratio.value)
        );
        let vote = compare(gap, port.ratio);
        tally.add(vote, one.pair.profile, &one.pair.name, figure);
    }
    Claim {
        number: 2,
        text: "… and especially in concurrent and parallel code",
        question: "Parallel and concurrent pairs: is the best Rust variant with all cores (which may use only one) further ahead of \
                the best Python variant than single-threaded Rust is ahead of plain Python?",
        result: tally.result(),
        evidence: tally.evidence(|vote| match vote {
            Vote::For => "are further ahead in parallel than on one core".into(),
            Vote::Against => "are less far ahead in parallel than on one core".into(),
            Vote::Open => "show no clear difference".into(),
        }),
    }
}

/// The parallel variant, or the plain one if that gains more: nobody has to use cores that only cost time.
fn better(parallel: Gain, plain: Gain) -> Gain {
    match parallel.ratio.value > plain.ratio.value {
        true => parallel,
        false => plain,
    }
}

fn plain_python() -> Gain {
    Gain {
        name: Variant::BASELINE.into(),
        kind: Kind::Baseline,
        ratio: Estimate {
            value: 1.0,
            interval: Some((1.0, 1.0)),
            launches: 0,
        },
        logs: Vec::new(),
        widening: 1.0,
    }
}

/// 3: some programs have one hot loop, which a native extension fixes.
pub(super) fn hot_loop(pairs: &[&PairAnalysis<'_>], lines: Lines) -> Claim {
    let (tally, without) = extension(pairs, Profile::HotLoop, |native, port| {
        vote(lines.suffices(native, port))
    });
    let mut evidence = tally.evidence(|vote| match vote {
        Vote::For => "are fixed by the extension".into(),
        Vote::Against => "are not".into(),
        Vote::Open => "straddle a threshold".into(),
    });
    evidence.extend(concentration(pairs, Profile::HotLoop));
    evidence.extend(without);
    Claim {
        number: 3,
        text: "Some programs have one clear hot loop, which a native extension fixes",
        question: "Hot-loop pairs: is the extension faster by the line for steps, and does the port gain less than 2× beyond it?",
        result: tally.result(),
        evidence,
    }
}

/// 4: others have a flat profile, and no single extension helps.
pub(super) fn flat(pairs: &[&PairAnalysis<'_>]) -> Claim {
    let third = Lines::at(1.0 / HELPS);
    let (tally, without) = extension(pairs, Profile::Flat, |native, port| {
        vote(third.worth(&port.beyond(native)))
    });
    let mut evidence = tally.evidence(|vote| match vote {
        Vote::For => "gain less than a third of the port's gain with the extension".into(),
        Vote::Against => "gain a third of the port's gain or more with the extension".into(),
        Vote::Open => "straddle a third".into(),
    });
    evidence.extend(concentration(pairs, Profile::Flat));
    evidence.extend(allocations(pairs));
    evidence.extend(without);
    Claim {
        number: 4,
        text: "Others have a flat profile, where allocation and the like are the cost, and no single extension helps",
        question: "Flat pairs: does the extension gain less than a third of what the port gains?",
        result: tally.result(),
        evidence,
    }
}

/// The gain of the extension beside the port's, for each pair of a profile; and the pairs that lack one of the two.
fn extension(
    pairs: &[&PairAnalysis<'_>],
    profile: Profile,
    vote: impl Fn(&Gain, &Gain) -> Vote,
) -> (Tally, Option<Evidence>) {
    let (mut tally, mut without) = (Tally::default(), Vec::new());
    for one in pairs.iter().filter(|one| one.pair.profile == profile) {
        match (one.of_kind(Kind::Extension), one.port_gain()) {
            (Some(native), Some(port)) => {
                let figure = format!("{} of {}", Ratio(native.ratio.value), Ratio(port.ratio.value));
                tally.add(vote(&native, &port), profile, &one.pair.name, figure);
            }
            _ => without.push(one.pair.name.as_str()),
        }
    }
    let left_out = (!without.is_empty()).then(|| {
        Evidence::of(format!(
            "Not tested, because a figure is missing: {}",
            without.join(", ")
        ))
    });
    (tally, left_out)
}

/// How concentrated the measured profiles of these pairs are.
fn concentration(pairs: &[&PairAnalysis<'_>], profile: Profile) -> Option<Evidence> {
    let own = pairs.iter().filter(|one| one.pair.profile == profile);
    let shares: Vec<f64> = own
        .filter_map(|one| one.pair.diagnoses.profile(Variant::BASELINE)?.concentration())
        .map(|share| share.value)
        .collect();
    let low = shares.iter().copied().reduce(f64::min)?;
    let high = shares.iter().copied().reduce(f64::max)?;
    Some(Evidence::of(format!(
        "The hottest function of {} takes {} to {} of the time",
        count(shares.len(), "pair"),
        percent(low),
        percent(high)
    )))
}

/// The allocations of flat pairs, Python beside Rust.
fn allocations(pairs: &[&PairAnalysis<'_>]) -> Option<Evidence> {
    let calls = |one: &PairAnalysis<'_>, variant: &str| {
        let memory = one.pair.diagnoses.memory.iter().find(|m| m.variant == variant)?;
        Some(memory.counts?.allocations)
    };
    let own = pairs.iter().filter(|one| one.pair.profile == Profile::Flat);
    let items: Vec<_> = own
        .filter_map(|one| {
            let (python, rust) = (calls(one, Variant::BASELINE)?, calls(one, "rust")?);
            Some(super::Item {
                pair: one.pair.name.clone(),
                figure: format!("{python}, {rust}"),
            })
        })
        .collect();
    (!items.is_empty()).then(|| Evidence {
        text: "Allocations per call, Python and Rust".into(),
        items,
    })
}

/// 7: a web backend that composes libraries over a database is hard to justify in Rust.
pub(super) fn library_bound(pairs: &[&PairAnalysis<'_>], lines: Lines) -> Claim {
    let mut tally = Tally::default();
    let bound =
        |one: &&&PairAnalysis<'_>| matches!(one.pair.profile, Profile::LibraryBound | Profile::Service);
    let mut own: Vec<&&PairAnalysis<'_>> = pairs.iter().filter(bound).collect();
    // Web backends come first, then the pair that is part of one.
    own.sort_by_key(|one| {
        (
            one.pair.profile != Profile::Service,
            one.pair.name != "web_handler",
        )
    });
    for one in &own {
        if let Some(port) = one.port_gain() {
            let vote = match lines.worth(&port.ratio) {
                Decision::No => Vote::For,
                Decision::Yes => Vote::Against,
                Decision::Open => Vote::Open,
            };
            tally.add(vote, one.pair.profile, &one.pair.name, shown(&port));
        }
    }
    let worth = lines.worth;
    let mut evidence = tally.evidence(|vote| match vote {
        Vote::For => format!("gain less than {worth}×"),
        Vote::Against => format!("gain more than {worth}×"),
        Vote::Open => format!("straddle {worth}×"),
    });
    own.retain(|one| one.pair.profile == Profile::Service);
    evidence.extend(super::served::parts(&own));
    Claim {
        number: 7,
        text: "A typical web backend that composes libraries over a database is hard to justify in Rust",
        question: "Library-bound pairs and servers: does Rust gain less than 2×, with its whole interval?",
        result: tally.result(),
        evidence,
    }
}

fn vote(decision: Decision) -> Vote {
    match decision {
        Decision::Yes => Vote::For,
        Decision::No => Vote::Against,
        Decision::Open => Vote::Open,
    }
}

fn shown(gain: &Gain) -> String {
    gain.ratio.display_ratio()
}

/// The quotient of two ratios, with an interval from one end to the opposite end. That is wider than necessary: the two are
/// not independent, which this ignores.
pub(super) fn quotient(above: Estimate, below: Estimate) -> Estimate {
    let ends = above.interval.zip(below.interval);
    Estimate {
        value: above.value / below.value,
        interval: ends.map(|((low, high), (least, most))| (low / most, high / least)),
        launches: above.launches,
    }
}

/// Whether the first is larger than the second, by whole intervals.
fn compare(one: Estimate, other: Estimate) -> Vote {
    match (one.interval, other.interval) {
        (Some((low, _)), Some((_, high))) if low > high => Vote::For,
        (Some((_, high)), Some((low, _))) if high < low => Vote::Against,
        _ => Vote::Open,
    }
}
