//! The claims that ratios can tell of.

use super::tally::{Tally, Voice};
use super::{Claim, Evidence};
use crate::analyse::PairAnalysis;
use crate::analyse::verdict::{Answer, Gain, Lines};
use crate::estimate::{Estimate, Ratio};
use crate::registry::{Kind, Profile, Variant};

/// On a flat pair an extension that gains less than so much of the port's gain does not help.
const HELPS: f64 = 1.0 / 3.0;

/// 1: single-threaded Python has a ceiling that Rust does not have.
pub(super) fn ceiling(pairs: &[&PairAnalysis<'_>], lines: Lines) -> Claim {
    let mut tally = Tally::default();
    for known in pairs {
        if let Some(port) = known.port_gain() {
            let voice = voice(&lines.worth(&port));
            tally.add(voice, known.pair.profile, &known.pair.name, shown(&port));
        }
    }
    let worth = lines.worth;
    let mut evidence = tally.evidence(|voice| match voice {
        Voice::For => format!("gain more than {worth}× on one core"),
        Voice::Against => format!("gain less than {worth}×"),
        Voice::Open => format!("straddle {worth}×"),
    });
    if tally.asked() > 0 {
        let by_profile = format!("By profile, above {worth}×: {}", tally.by_profile());
        evidence.insert(0, Evidence::of(by_profile));
    }
    Claim {
        number: 1,
        text: "Rust lacks Python's performance ceiling in single-threaded code",
        asked: "Every pair: does Rust on one core gain more than 2×, with its whole interval?",
        standing: tally.standing(),
        evidence,
    }
}

/// 2: and especially in concurrent and parallel code.
pub(super) fn parallel(pairs: &[&PairAnalysis<'_>]) -> Claim {
    let mut tally = Tally::default();
    let divide =
        |known: &&&PairAnalysis<'_>| matches!(known.pair.profile, Profile::Parallel | Profile::Concurrent);
    for known in pairs.iter().filter(divide) {
        let (Some(port), Some(parallel)) = (known.port_gain(), known.of_kind(Kind::ParallelPort)) else {
            continue;
        };
        let rust = better(parallel, port.clone());
        let python = match known.of_kind(Kind::ParallelPython) {
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
        let voice = compare(gap, port.ratio);
        tally.add(voice, known.pair.profile, &known.pair.name, figure);
    }
    Claim {
        number: 2,
        text: "… and especially in concurrent and parallel code",
        asked: "Parallel and concurrent pairs: is the best that Rust does with the cores (which may be to use one) further \
                ahead of the best that Python does with them than Rust on one core is of plain Python?",
        standing: tally.standing(),
        evidence: tally.evidence(|voice| match voice {
            Voice::For => "are further ahead in parallel than on one core".into(),
            Voice::Against => "are less far ahead in parallel than on one core".into(),
            Voice::Open => "can't be told apart".into(),
        }),
    }
}

/// The parallel way, or the plain one where that does more: nobody has to use cores that only cost.
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
    }
}

/// 3: some programs have one hot loop, which a native extension fixes.
pub(super) fn hot_loop(pairs: &[&PairAnalysis<'_>], lines: Lines) -> Claim {
    let (tally, without) = extension(pairs, Profile::HotLoop, |native, port| {
        voice(&lines.suffices(native, [port]))
    });
    let mut evidence = tally.evidence(|voice| match voice {
        Voice::For => "are fixed by the extension".into(),
        Voice::Against => "are not".into(),
        Voice::Open => "straddle a line".into(),
    });
    evidence.extend(concentration(pairs, Profile::HotLoop));
    evidence.extend(without);
    Claim {
        number: 3,
        text: "Some programs have one clear hot loop, which a native extension fixes",
        asked: "Hot-loop pairs: does the extension gain more than 2× and at least half of what the port gains?",
        standing: tally.standing(),
        evidence,
    }
}

/// 4: others have a flat profile, and no single extension helps.
pub(super) fn flat(pairs: &[&PairAnalysis<'_>]) -> Claim {
    let third = Lines {
        near: HELPS,
        ..Lines::default()
    };
    let (tally, without) = extension(pairs, Profile::Flat, |native, port| {
        match third.near(native, port) {
            Answer::No => Voice::For,
            Answer::Yes => Voice::Against,
            Answer::Open(_) => Voice::Open,
        }
    });
    let mut evidence = tally.evidence(|voice| match voice {
        Voice::For => "gain less than a third of the port by the extension".into(),
        Voice::Against => "gain a third of the port or more by the extension".into(),
        Voice::Open => "straddle a third".into(),
    });
    evidence.extend(concentration(pairs, Profile::Flat));
    evidence.extend(allocations(pairs));
    evidence.extend(without);
    Claim {
        number: 4,
        text: "Others have a flat profile, where allocation and the like are the cost, and no single extension helps",
        asked: "Flat pairs: does the extension gain less than a third of what the port gains?",
        standing: tally.standing(),
        evidence,
    }
}

/// What the extension of each pair of a profile gains beside the port; and the pairs that have no measured one.
fn extension(
    pairs: &[&PairAnalysis<'_>],
    profile: Profile,
    ask: impl Fn(&Gain, &Gain) -> Voice,
) -> (Tally, Option<Evidence>) {
    let (mut tally, mut without) = (Tally::default(), Vec::new());
    for known in pairs.iter().filter(|known| known.pair.profile == profile) {
        match (known.of_kind(Kind::Extension), known.port_gain()) {
            (Some(native), Some(port)) => {
                let figure = format!("{} of {}", Ratio(native.ratio.value), Ratio(port.ratio.value));
                tally.add(ask(&native, &port), profile, &known.pair.name, figure);
            }
            _ => without.push(known.pair.name.as_str()),
        }
    }
    let untold = (!without.is_empty())
        .then(|| Evidence::of(format!("Not asked, without both figures: {}", without.join(", "))));
    (tally, untold)
}

/// How concentrated the pairs of a profile were measured to be.
fn concentration(pairs: &[&PairAnalysis<'_>], profile: Profile) -> Option<Evidence> {
    let own = pairs.iter().filter(|known| known.pair.profile == profile);
    let shares: Vec<f64> = own
        .filter_map(|known| known.pair.diagnoses.profile(Variant::BASELINE)?.concentration())
        .map(|share| share.value)
        .collect();
    let low = shares.iter().copied().reduce(f64::min)?;
    let high = shares.iter().copied().reduce(f64::max)?;
    Some(Evidence::of(format!(
        "The hottest function of {} takes {:.0} % to {:.0} % of the time",
        crate::text::count(shares.len(), "pair"),
        low * 100.0,
        high * 100.0
    )))
}

/// What flat pairs ask of their allocators, Python beside Rust.
fn allocations(pairs: &[&PairAnalysis<'_>]) -> Option<Evidence> {
    let calls = |known: &PairAnalysis<'_>, variant: &str| {
        let memory = known
            .pair
            .diagnoses
            .memory
            .iter()
            .find(|m| m.variant == variant)?;
        Some(memory.counts?.allocations)
    };
    let own = pairs.iter().filter(|known| known.pair.profile == Profile::Flat);
    let items: Vec<_> = own
        .filter_map(|known| {
            let (python, rust) = (calls(known, Variant::BASELINE)?, calls(known, "rust")?);
            Some(super::Item {
                pair: known.pair.name.clone(),
                figure: format!("{python}, {rust}"),
            })
        })
        .collect();
    (!items.is_empty()).then(|| Evidence {
        text: "Allocations in a call, of Python and of Rust".into(),
        items,
    })
}

/// 7: a web backend that composes libraries over a database is hard to justify in Rust.
pub(super) fn library_bound(pairs: &[&PairAnalysis<'_>], lines: Lines) -> Claim {
    let mut tally = Tally::default();
    let bound = |known: &&&PairAnalysis<'_>| known.pair.profile == Profile::LibraryBound;
    let mut own: Vec<&&PairAnalysis<'_>> = pairs.iter().filter(bound).collect();
    // The one that is a backend over a database stands first.
    own.sort_by_key(|known| known.pair.name != "web_handler");
    for known in own {
        if let Some(port) = known.port_gain() {
            let voice = match lines.worth(&port) {
                Answer::No => Voice::For,
                Answer::Yes => Voice::Against,
                Answer::Open(_) => Voice::Open,
            };
            tally.add(voice, known.pair.profile, &known.pair.name, shown(&port));
        }
    }
    let worth = lines.worth;
    Claim {
        number: 7,
        text: "A typical web backend that composes libraries over a database is hard to justify in Rust",
        asked: "Library-bound pairs: does Rust gain less than 2×, with its whole interval?",
        standing: tally.standing(),
        evidence: tally.evidence(|voice| match voice {
            Voice::For => format!("gain less than {worth}×"),
            Voice::Against => format!("gain more than {worth}×"),
            Voice::Open => format!("straddle {worth}×"),
        }),
    }
}

fn voice(answer: &Answer) -> Voice {
    match answer {
        Answer::Yes => Voice::For,
        Answer::No => Voice::Against,
        Answer::Open(_) => Voice::Open,
    }
}

fn shown(gain: &Gain) -> String {
    gain.ratio.display_ratio()
}

/// The quotient of two ratios, its interval from end to opposite end: at least as wide as it need be, because the two are
/// not independent and nothing is made of that.
pub(super) fn quotient(above: Estimate, below: Estimate) -> Estimate {
    let ends = above.interval.zip(below.interval);
    Estimate {
        value: above.value / below.value,
        interval: ends.map(|((low, high), (least, most))| (low / most, high / least)),
        launches: above.launches,
    }
}

/// Whether the one is larger than the other, with whole intervals.
fn compare(one: Estimate, other: Estimate) -> Voice {
    match (one.interval, other.interval) {
        (Some((low, _)), Some((_, high))) if low > high => Voice::For,
        (Some((_, high)), Some((low, _))) if high < low => Voice::Against,
        _ => Voice::Open,
    }
}
