//! What the verdict could be with an optimised build of the interpreter.

use super::{Call, Lines, weigh_speeds};
use crate::analyse::summary::CaseSummary;
use crate::estimate::Estimate;
use crate::registry::Kind;

/// How many times as fast an optimised CPython runs plain Python: see docs/which-python.md.
pub(super) const FASTER: (f64, f64) = (1.2, 1.4);

/// The verdicts other than this one that follow if Python is faster by either end of [`FASTER`].
pub(super) fn other_calls(case: &CaseSummary, lines: Lines, call: Call) -> Vec<Call> {
    let all = [FASTER.0, FASTER.1].into_iter().flat_map(|by| {
        // The interpreter's share of a step's time is not known, so both extremes are tried: none and all of it.
        [false, true].map(|with_steps| weigh_speeds(&faster(case, by, with_steps), lines).call())
    });
    let mut others: Vec<Call> = all.filter(|other| *other != call).collect();
    others.sort();
    others.dedup();
    others
}

/// The case with a baseline that is `by` times as fast. No part of a port is Python, so its ratio falls by that factor;
/// a step keeps its ratio if it becomes faster as well.
fn faster(case: &CaseSummary, by: f64, with_steps: bool) -> CaseSummary {
    let mut case = case.clone();
    let slower = case
        .variants
        .iter_mut()
        .filter(|variant| variant.kind >= Kind::Port || !with_steps);
    for variant in slower {
        let modes = variant
            .modes
            .iter_mut()
            .flat_map(|modes| [&mut modes.lower, &mut modes.upper]);
        let ratios = variant.ratio.iter_mut().chain(modes.map(|mode| &mut mode.ratio));
        ratios.for_each(|ratio| *ratio = divided(*ratio, by));
        variant.logs.iter_mut().for_each(|(_, log)| *log -= by.ln());
    }
    case
}

fn divided(ratio: Estimate, by: f64) -> Estimate {
    Estimate {
        value: ratio.value / by,
        interval: ratio.interval.map(|(low, high)| (low / by, high / by)),
        ..ratio
    }
}
