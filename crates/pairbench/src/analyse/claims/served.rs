//! The parts of the answer about servers: what a request costs, kind by kind.

use super::{Evidence, Item};
use crate::analyse::PairAnalysis;
use crate::analyse::load::{Load, beside, cores, over, quantile};
use crate::analyse::sources::SourceFacts;
use crate::diagnose::load::VariantLoad;
use crate::estimate::{Ratio, Time};
use crate::text::percent;

/// A line of evidence for each part that is known for any of these pairs.
pub(super) fn parts(pairs: &[&&PairAnalysis<'_>]) -> Vec<Evidence> {
    let lines = PARTS.iter().map(|(text, figure)| {
        let items = pairs.iter().filter_map(|one| {
            Some(Item {
                pair: one.pair.name.clone(),
                figure: figure(one)?,
            })
        });
        Evidence {
            text: (*text).into(),
            items: items.collect(),
        }
    });
    lines.filter(|line| !line.items.is_empty()).collect()
}

/// A figure about a pair of servers, if it is known.
type Figure = fn(&PairAnalysis<'_>) -> Option<String>;

/// The parts of the answer; the first is what no language changes.
const PARTS: [(&str, Figure); 7] = [
    (
        "CPU time of a request that is not the server's but the database's, Python and Rust",
        |one| both(one, |load| Some(percent(beside(load, None)?.value))),
    ),
    ("Gain by kind of request", |one| {
        let load = Load::of(&one.pair.diagnoses.load)?;
        let port = port_of(load)?;
        let kinds = load
            .parts()
            .filter(|(_, connections)| connections.is_none())
            .filter_map(|(name, _)| {
                let gain = load.gain(port, Some(name))?;
                Some(format!("{name} {}", Ratio(gain.value)))
            });
        let kinds: Vec<_> = kinds.collect();
        (!kinds.is_empty()).then(|| kinds.join(", "))
    }),
    (
        "Largest gain of a smaller step, and what the port gains beyond it",
        |one| {
            let residual = one.residual()?;
            let step = residual.step.as_ref()?;
            Some(format!(
                "{} {}, {}",
                step.name,
                Ratio(step.ratio.value),
                Ratio(residual.gain.value)
            ))
        },
    ),
    ("Cores for 1,000 requests a second, Python and Rust", |one| {
        both(one, |load| Some(format!("{:.2}", cores(load)?.value)))
    }),
    (
        "Latency that 99 % are below, at the highest rate that was tried, Python and Rust",
        |one| {
            both(one, |load| {
                over(load, |launch| {
                    quantile(launch, launch.paced.len().checked_sub(1)?, 0.99)
                })
                .map(|time| Time(time.value).to_string())
            })
        },
    ),
    ("Lines and dependencies, Python and Rust", |one| {
        let facts = one.sources();
        let of = |facts: &SourceFacts| format!("{} and {}", facts.lines, facts.dependencies.len());
        Some(format!("{}, {}", of(&facts.python), of(&facts.rust)))
    }),
    (
        "Building the package that the port is in, after a change and from nothing; Python needs neither",
        |one| {
            let build = one.record.diagnoses.build.as_ref()?;
            let change = Time(build.incremental()?.value);
            Some(format!("{change} and {}", Time(build.clean_s)))
        },
    ),
];

/// A figure of the baseline and of the first port.
fn both(one: &PairAnalysis<'_>, of: impl Fn(&VariantLoad) -> Option<String>) -> Option<String> {
    let load = Load::of(&one.pair.diagnoses.load)?;
    Some(format!("{}, {}", of(load.baseline)?, of(port_of(load)?)?))
}

fn port_of<'a>(load: Load<'a>) -> Option<&'a VariantLoad> {
    load.ports().next()
}
