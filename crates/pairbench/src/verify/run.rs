//! The check itself, as it runs in its own process.

use super::Deprecation;
use super::calls::{Differing, calls, differing, in_call};
use super::compare::{decode, first_difference, unchanged};
use super::show::both;
use crate::hosts::worker::input_pickle;
use crate::hosts::{Answer, Fault, HostSet};
use crate::registry::{Entry, Form, Side};
use serde::{Deserialize, Serialize};
use serde_pickle::Value;
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

/// What the check found, in order. A check that was cut off has no [`Finding::Done`].
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
        /// How many answers: one for each call if the input stands for several.
        answers: u32,
    },
    /// It does not agree, or failed.
    Fails {
        /// The variant; empty when the pair failed as a whole.
        variant: String,
        /// Size of the case, if one was reached.
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
    /// Compiled modules that a step uses and that are debug builds of Rust.
    Unoptimised {
        /// Their names.
        modules: Vec<String>,
    },
    /// What alters the speed of the interpreter now that the pair's modules are imported.
    Alters {
        /// The phrases.
        what: Vec<String>,
    },
    /// A library that one side uses, as the pair declares.
    Library(Library),
    /// Python raised a deprecation warning for something that the pair uses. This is not a failure.
    Warns(Deprecation),
    /// Everything was checked.
    Done,
}

/// Why a variant with the body `todo!()` or `unimplemented!()` is skipped.
pub(crate) const NOT_WRITTEN: &str = "not written yet; replace its todo!()";

/// A call shorter than this is timed again, several at a time.
const SHORT: Duration = Duration::from_micros(100);

/// How often, and how many calls at a time. Few, because verification should not wear a variant out.
const AGAIN: (u32, u32) = (3, 10);

/// Runs every contestant on every case and compares it with the first one, the baseline.
///
/// The Python variants first run in processes of their own with another hash seed, which reveals what depends on the
/// order of a set, or of equals in one. On the smallest case each is called twice on the same set-up, which reveals a
/// call that leaves something behind. Inputs must come back unchanged from every call. A contestant that fails is left
/// out of the further cases; the others go on, so that one run shows everything that is wrong.
pub fn check(
    entry: &Entry,
    hosts: &mut dyn HostSet,
    contestants: &[String],
    sizes: &[u64],
    seed: u64,
    report: &mut dyn FnMut(Finding),
) {
    let mut failed = vec![false; contestants.len()];
    let mut expected: Vec<Option<Vec<u8>>> = vec![None; sizes.len()];
    let smallest = sizes.iter().copied().min();
    for last in [false, true] {
        let seeds = if last { hosts.change_hashes() } else { None };
        for (&size, expected) in sizes.iter().zip(&mut expected) {
            for (at, contestant) in contestants.iter().enumerate() {
                let hashes = has_hash_seed(entry, contestant);
                if failed[at] || !(last || hashes) {
                    continue;
                }
                report(Finding::Tries {
                    variant: contestant.clone(),
                    size,
                });
                let calls = if Some(size) == smallest { 2 } else { 1 };
                let checked = run(entry, hosts, contestant, (size, seed), calls, last).and_then(|ran| {
                    let answers = ran.agrees(expected, seeds.filter(|_| hashes))?;
                    Ok((ran.took, answers))
                });
                match checked {
                    Ok(_) if !last => {}
                    Ok((took, answers)) => report(Finding::Agrees {
                        variant: contestant.clone(),
                        size,
                        seconds: took.as_secs_f64(),
                        answers,
                    }),
                    Err(Fault::Panic { message }) if is_unwritten(&message) && at > 0 => {
                        failed[at] = true;
                        report(Finding::Skips {
                            variant: contestant.clone(),
                            reason: NOT_WRITTEN.into(),
                        });
                    }
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
    }
    report(Finding::Done);
}

/// Whether a panic is that of `todo!` or `unimplemented!`.
fn is_unwritten(message: &str) -> bool {
    message.starts_with("not yet implemented") || message.starts_with("not implemented")
}

/// Whether a contestant runs in a worker, which starts with the hash seed that it is given.
fn has_hash_seed(entry: &Entry, contestant: &str) -> bool {
    let mut variants = entry.pair.variants().iter();
    // A server takes a second or more to start, and is restarted for each case.
    !entry.pair.is_served()
        && variants.any(|variant| variant.side == Side::Python && variant.name == contestant)
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

/// Some calls of a variant on one input.
struct Ran<'e> {
    entry: &'e Entry,
    input: Vec<u8>,
    answers: Vec<Vec<u8>>,
    /// Roughly how long a call takes.
    took: Duration,
}

/// Calls a variant, and some more times if it is `timed` and short. The input must not change.
fn run<'e>(
    entry: &'e Entry,
    hosts: &mut dyn HostSet,
    contestant: &str,
    (size, seed): (u64, u64),
    times: usize,
    timed: bool,
) -> Result<Ran<'e>, Fault> {
    let broken = |message: String| Fault::Answer { message };
    let before = input_pickle(entry, size, seed)?;
    let (host, variant) = hosts.for_contestant(contestant)?;
    let ready = host.open(&variant, size, seed)?;
    let mut answers = Vec::new();
    let mut quickest = Duration::MAX;
    for _ in 0..times {
        let called = host.call(ready.handle);
        let Answer { output, input, took } = called.map_err(|fault| match host.at(ready.handle) {
            Some(at) => in_call(fault, calls(entry, &before), at),
            None => fault,
        })?;
        quickest = quickest.min(took);
        if let Some(change) = unchanged(&before, &input).map_err(broken)? {
            let message = format!(
                "input{}: {} became {}",
                change.path, change.baseline, change.other
            );
            return Err(Fault::Mutates { message });
        }
        answers.push(output);
    }
    if timed && quickest < SHORT {
        // So far this is mostly the reading of the clock, and what was cold in the first call.
        let (times, calls) = AGAIN;
        for _ in 0..times {
            quickest = quickest.min(host.time(ready.handle, calls.into())?.wall / calls);
        }
    }
    host.close(ready.handle)?;
    Ok(Ran {
        entry,
        input: before,
        answers,
        took: quickest,
    })
}

impl Ran<'_> {
    /// Compares the answers with the expected one, which is set if this is the first, and with each other. With two
    /// hash seeds, the expected answer is that of the first seed, and the answers are those of the second. Returns how
    /// many answers there are to the calls of the input.
    fn agrees(&self, expected: &mut Option<Vec<u8>>, seeds: Option<[u32; 2]>) -> Result<u32, Fault> {
        let [answer, others @ ..] = self.answers.as_slice() else {
            return Ok(0);
        };
        let expected = expected.get_or_insert_with(|| answer.clone());
        let count = match seeds {
            None => self.agree(expected, answer, ["baseline", "this one"], "")?,
            Some(seeds) => {
                let names = seeds.map(|seed| format!("hash seed {seed}"));
                let when = "another process, with another hash seed, gave another answer";
                self.agree(expected, answer, [&names[0], &names[1]], when)?
            }
        };
        for other in others {
            let when = "a second call on the same input gave another answer";
            self.agree(answer, other, ["first call", "second"], when)?;
        }
        Ok(count)
    }

    /// Compares two answers. If `when` is not empty, both are of one variant, and `when` describes how they came about.
    fn agree(&self, expected: &[u8], answer: &[u8], names: [&str; 2], when: &str) -> Result<u32, Fault> {
        let broken = |message| Fault::Answer { message };
        let tolerance = self.entry.pair.tolerance();
        let [expected, answer] = [decode(expected).map_err(broken)?, decode(answer).map_err(broken)?];
        let Some(found) = first_difference(&expected, &answer, tolerance) else {
            return Ok(match (self.entry.pair.form(), &answer) {
                (Form::Each | Form::Calls, Value::List(answers)) => answers.len() as u32,
                _ => 1,
            });
        };
        let calls = calls(self.entry, &self.input);
        let found = match calls.and_then(|calls| differing(&calls, [&expected, &answer], names, tolerance)) {
            Some(found) => found,
            None => {
                let input = decode(&self.input).map_err(broken)?;
                Differing {
                    answers: both(names, [&expected, &answer], &input, &found.steps),
                    floats: found.floats,
                    message: found.to_string(),
                }
            }
        };
        let Differing {
            mut message,
            answers,
            floats,
        } = found;
        if floats {
            message += &format!(" (tolerance: {tolerance})");
        }
        Err(match when.is_empty() {
            true => Fault::Disagrees {
                message,
                answers,
                floats,
            },
            false => Fault::Wavers {
                message: format!("{when}: {message}"),
                answers,
            },
        })
    }
}
