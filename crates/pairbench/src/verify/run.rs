//! The check itself, as it runs in its own process.

use super::Deprecation;
use super::compare::{difference, same, show_pickle};
use crate::hosts::{Answer, Fault, HostSet};
use crate::registry::{Entry, Side, Tolerance};
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// A library that one side of a pair uses, and on which its ratio may depend.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Library {
    /// The side that uses it.
    pub side: Side,
    /// Its name.
    pub name: String,
    /// Its version.
    pub version: String,
}

/// What the check found, in the order in which it did. A check that was cut off has no [`Finding::Done`].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "finding", rename_all = "snake_case")]
pub enum Finding {
    /// A variant is about to run; if the process dies now, this variant is to blame.
    Tries {
        /// The variant.
        variant: String,
        /// Size of the case.
        size: u64,
    },
    /// It agrees with the baseline (or is the baseline and gave an answer).
    Agrees {
        /// The variant.
        variant: String,
        /// Size of the case.
        size: u64,
        /// Seconds that a call takes, roughly.
        seconds: f64,
    },
    /// It does not.
    Fails {
        /// The variant; empty when the pair failed as a whole.
        variant: String,
        /// Size of the case, where one was reached.
        size: Option<u64>,
        /// Why.
        fault: Fault,
    },
    /// A requirement of the variant is missing; nothing was checked.
    Skips {
        /// The variant.
        variant: String,
        /// The module, and why it cannot be imported.
        reason: String,
    },
    /// A module that a variant requires was found.
    Package {
        /// Its name.
        name: String,
        /// Its version.
        version: String,
    },
    /// What alters the speed of the interpreter now that the pair's modules are imported.
    Alters {
        /// The phrases.
        what: Vec<String>,
    },
    /// A library that one side uses, as the pair declares.
    Library(Library),
    /// Python raised a deprecation warning for something that the pair uses. No failure.
    Warns(Deprecation),
    /// All was checked.
    Done,
}

/// A call shorter than this is timed again, together with as many others as take this long.
const SHORT: Duration = Duration::from_millis(1);

/// But not with more than this.
const MOST_CALLS: u32 = 10_000;

/// Runs every contestant on every case and compares it with the first one, the baseline.
///
/// On the smallest case each is called twice on the same set-up: a call that leaves something behind shows there.
/// Inputs must come back unchanged from every call. A contestant that fails is left out of the further cases; the
/// others go on, so that one run shows all that is wrong.
pub fn check(
    entry: &Entry,
    hosts: &mut dyn HostSet,
    contestants: &[String],
    sizes: &[u64],
    seed: u64,
    report: &mut dyn FnMut(Finding),
) {
    let mut failed = vec![false; contestants.len()];
    let smallest = sizes.iter().copied().min();
    for &size in sizes {
        let mut expected: Option<Vec<u8>> = None;
        for (at, contestant) in contestants.iter().enumerate() {
            if failed[at] {
                continue;
            }
            report(Finding::Tries {
                variant: contestant.clone(),
                size,
            });
            let calls = if Some(size) == smallest { 2 } else { 1 };
            let checked = run(entry, hosts, contestant, size, seed, calls).and_then(|(answers, took)| {
                let expected = expected.get_or_insert_with(|| answers[0].clone());
                let tolerance = entry.pair.tolerance();
                agree(expected, &answers[0], tolerance, ["baseline", "this one"], "")?;
                answers[1..].iter().try_for_each(|answer| {
                    let when = "a second call on the same input gave another answer: ";
                    agree(&answers[0], answer, tolerance, ["first call", "second"], when)
                })?;
                Ok(took)
            });
            match checked {
                Ok(took) => report(Finding::Agrees {
                    variant: contestant.clone(),
                    size,
                    seconds: took.as_secs_f64(),
                }),
                Err(fault) => {
                    failed[at] = true;
                    hosts.discard_broken(contestant, &fault);
                    report(Finding::Fails {
                        variant: contestant.clone(),
                        size: Some(size),
                        fault,
                    });
                    if at == 0 {
                        // Without the baseline's answer there is nothing to compare with.
                        pass_on_warnings(hosts, contestant, report);
                        return report(Finding::Done);
                    }
                }
            }
            pass_on_warnings(hosts, contestant, report);
        }
    }
    report(Finding::Done);
}

/// Reports Python's warnings since the last call. A host that cannot answer is a failure, because a missing warning
/// would go unnoticed.
pub(crate) fn pass_on_warnings(hosts: &mut dyn HostSet, contestant: &str, report: &mut dyn FnMut(Finding)) {
    match hosts.deprecations(contestant) {
        Ok(raised) => raised
            .into_iter()
            .for_each(|raised| report(Finding::Warns(raised.into()))),
        Err(fault) => {
            hosts.discard_broken(contestant, &fault);
            report(Finding::Fails {
                variant: contestant.into(),
                size: None,
                fault,
            });
        }
    }
}

/// Calls a variant; returns its answers, and roughly what a call takes. The input must stay what it was.
fn run(
    entry: &Entry,
    hosts: &mut dyn HostSet,
    contestant: &str,
    size: u64,
    seed: u64,
    calls: usize,
) -> Result<(Vec<Vec<u8>>, Duration), Fault> {
    let broken = |message: String| Fault::Answer { message };
    let before = entry
        .pair
        .input_pickle(size, seed)
        .map_err(|error| broken(error.0))?;
    let (host, variant) = hosts.for_contestant(contestant)?;
    let ready = host.open(&variant, size, seed)?;
    let mut answers = Vec::new();
    let mut quickest = Duration::MAX;
    for _ in 0..calls {
        let Answer { output, input, took } = host.call(ready.handle)?;
        quickest = quickest.min(took);
        if let Some(change) = same(&before, &input).map_err(broken)? {
            let message = format!(
                "input{}: {} became {}",
                change.path, change.baseline, change.other
            );
            return Err(Fault::Mutates { message });
        }
        answers.push(output);
    }
    if quickest < SHORT {
        // Mostly the reading of the clock, and what the first call finds cold.
        let more = SHORT.as_nanos() / quickest.as_nanos().max(1);
        let more = u32::try_from(more).unwrap_or(1).clamp(2, MOST_CALLS);
        quickest = quickest.min(host.time(ready.handle, more.into())? / more);
    }
    host.close(ready.handle)?;
    Ok((answers, quickest))
}

fn agree(
    expected: &[u8],
    answer: &[u8],
    tolerance: Tolerance,
    names: [&str; 2],
    when: &str,
) -> Result<(), Fault> {
    match difference(expected, answer, tolerance) {
        Ok(None) => Ok(()),
        Ok(Some(found)) => Err(Fault::Disagrees {
            message: format!("{when}{found} (tolerance: {tolerance})"),
            answers: format!(
                "{}: {}\n{}: {}",
                names[0],
                show_pickle(expected),
                names[1],
                show_pickle(answer)
            ),
        }),
        Err(message) => Err(Fault::Answer { message }),
    }
}
