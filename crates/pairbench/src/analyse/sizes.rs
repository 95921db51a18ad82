//! What changes with the size of the input. Only one case of a pair is measured by default; verification calls every
//! variant on all cases, and the times of these calls show roughly how times grow.

use super::PairAnalysis;
use super::summary::CaseSummary;
use crate::estimate::{Estimate, Ratio, Time};
use crate::record::{Severity, Subject, Warning, WarningKind};
use crate::registry::Side;
use crate::text::thousands;

/// The baseline's time must grow by this factor between two cases before a variant's is expected to grow.
const GROWTH: f64 = 4.0;

/// A time that grows by less than this factor counts as constant.
const FLAT: f64 = 1.5;

/// Above this many seconds a time that does not grow may be a fixed cost, such as starting a thread.
const NOTHING: f64 = 1e-6;

/// Rough ratios must differ from 1 by this factor, because other checks ran beside these calls.
const CLEAR: f64 = 2.0;

pub(super) fn find(one: &PairAnalysis<'_>) -> Vec<Warning> {
    let Some(headline) = one.summary.headline() else {
        return Vec::new();
    };
    let port = one.port().map(|port| port.name.clone());
    let measured = headline.variants.iter().filter_map(|v| Some((v, v.ratio?)));
    let found = measured.flat_map(|(variant, ratio)| {
        let about = Subject {
            variant: Some(variant.name.clone()),
            ..Subject::pair(&one.pair.name)
        };
        let flat = (variant.side == Side::Rust)
            .then(|| flat(one, &variant.name))
            .flatten()
            .map(|figure| WarningKind::TimeDoesNotGrow.found(vec![about.clone()], figure));
        let turns = turns(one, headline, &variant.name, ratio).map(|figure| Warning {
            // It is no surprise that a smaller step gains nothing on small inputs.
            severity: match port.as_ref() == Some(&variant.name) {
                true => Severity::Warning,
                false => Severity::Note,
            },
            ..WarningKind::RatioChangesSide.found(vec![about], figure)
        });
        // A time that does not grow also makes the ratio change sides; one warning is enough.
        flat.or(turns)
    });
    found.collect()
}

/// Both sides' times on the smallest and the largest case, if the baseline's grows and the variant's does not.
fn flat(one: &PairAnalysis<'_>, variant: &str) -> Option<String> {
    let sizes = one.pair.cases.iter().map(|case| case.size);
    let (small, large) = (sizes.clone().min()?, sizes.max()?);
    let baseline = [
        rough(one, &one.pair.baseline, small)?,
        rough(one, &one.pair.baseline, large)?,
    ];
    let own = [rough(one, variant, small)?, rough(one, variant, large)?];
    let grows = baseline[1] >= GROWTH * baseline[0];
    let is_flat = own[1] < NOTHING && own[1] < FLAT * own[0];
    (grows && is_flat).then(|| {
        format!(
            "about {} at {}, {} at {}; {} {} and {}",
            Time(own[0]),
            thousands(small as f64),
            Time(own[1]),
            thousands(large as f64),
            one.pair.baseline,
            Time(baseline[0]),
            Time(baseline[1])
        )
    })
}

/// The ratios of the sizes between which a variant changes from faster to slower than the baseline, or back.
fn turns(one: &PairAnalysis<'_>, headline: &CaseSummary, variant: &str, ratio: Estimate) -> Option<String> {
    let (low, high) = ratio.interval.unwrap_or_else(|| unsure(ratio.value));
    let at = |size: u64, text: String| format!("{text} at {}", thousands(size as f64));
    let others = one.pair.cases.iter().filter(|case| case.size != headline.size);
    let opposite = others.filter_map(|case| {
        let cases = &mut one.summary.measured_cases();
        let measured = cases.find(|known| known.size == case.size);
        let measured = measured.and_then(|known| known.variants.iter().find(|v| v.name == variant)?.ratio);
        let (least, most, text) = match measured {
            Some(ratio) => {
                let (least, most) = ratio.interval.unwrap_or_else(|| unsure(ratio.value));
                (least, most, Ratio(ratio.value).to_string())
            }
            None => {
                let ratio = rough(one, &one.pair.baseline, case.size)? / rough(one, variant, case.size)?;
                let (least, most) = unsure(ratio);
                (least, most, format!("about {}", Ratio(ratio)))
            }
        };
        let is_opposite = (low > 1.0 && most < 1.0) || (high < 1.0 && least > 1.0);
        is_opposite.then(|| at(case.size, text))
    });
    let opposite: Vec<String> = opposite.collect();
    (!opposite.is_empty()).then(|| {
        let here = at(headline.size, Ratio(ratio.value).to_string());
        format!("{here}, {}", opposite.join(", "))
    })
}

/// The range in which a ratio without an interval may lie.
fn unsure(ratio: f64) -> (f64, f64) {
    (ratio / CLEAR, ratio * CLEAR)
}

/// The time of a call during verification, if it was long enough for the clock.
fn rough(one: &PairAnalysis<'_>, variant: &str, size: u64) -> Option<f64> {
    let seconds = one.pair.verification.call_seconds(variant, size);
    seconds.filter(|seconds| *seconds > 0.0)
}
