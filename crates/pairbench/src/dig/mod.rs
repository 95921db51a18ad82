//! Differential fuzzing: looks for inputs on which a variant of a pair and its baseline differ.
//!
//! Inputs begin with those that the pair has, and are changed as plain values (`mutate`). Both sides stay up and get one after
//! the other (`digger`); what comes of the calls is compared, exceptions and panics included (`outcome`). Inputs that reach
//! new lines of the Python side are kept and changed further. What differs is made as small as possible (`shrink`) and stored
//! beside the pair (`found`).

mod digger;
mod found;
mod mutate;
mod outcome;
mod shrink;
mod values;

pub(crate) use digger::{LastCall, file_of_call, last_call, perform};
pub(crate) use found::{Dug, Stored, call, path, read, reproducers, write};
pub(crate) use outcome::kind_of;

use crate::registry::plain::{self, Plain};
use crate::registry::{Entry, Side};
use serde::{Deserialize, Serialize};
use std::fmt;
use std::time::Duration;

/// How long a launch that digs these variants may report nothing, which it does twice a second, before it counts as hanging. A
/// set-up of Python starts processes, maybe.
pub(crate) fn silence(entry: &Entry, variants: &[String]) -> Duration {
    let mut known = entry.pair.variants().iter();
    let python = known.any(|known| known.side == Side::Python && variants.contains(&known.name));
    Duration::from_secs(if python { 20 } else { 6 })
}

/// In which way a variant differs from the baseline.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Kind {
    Differs,
    Panics,
    Refuses,
    Accepts,
    Refusals,
    Mutates,
    Wavers,
    Hangs,
    Crashes,
    Memory,
    Floods,
    Slow,
    Odd,
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Kind::Differs => "gives another answer",
            Kind::Panics => "panics where the baseline answers",
            Kind::Refuses => "refuses what the baseline answers",
            Kind::Accepts => "answers what the baseline refuses",
            Kind::Refusals => "refuses in another way than declared",
            Kind::Mutates => "changes its input",
            Kind::Wavers => "is not deterministic",
            Kind::Hangs => "does not end",
            Kind::Crashes => "ends the process",
            Kind::Memory => "takes memory without bound",
            Kind::Floods => "prints without end",
            Kind::Slow => "takes far longer than the baseline",
            Kind::Odd => "returns no plain value",
        })
    }
}

/// What a launch is to do for one pair.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Task {
    /// Look for differences.
    Search(Job),
    /// Look for a simpler input than this one on which a variant ends the process: make the calls that are simpler, one after
    /// the other, until one ends it again.
    Fatal {
        variant: String,
        /// Whether this one ended it twice; otherwise it is tried first.
        confirmed: bool,
        #[serde(with = "plain::base64")]
        input: Plain,
        seconds: f64,
    },
    /// Look for a small input on which a variant differs that differs on a case.
    Disagreement {
        variant: String,
        size: u64,
        seed: u64,
        seconds: f64,
    },
    /// Try what was found before, from this number on.
    Recheck {
        variants: Vec<String>,
        stored: Vec<Stored>,
        from: usize,
    },
}

/// A search in one launch.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Job {
    /// Besides the baseline.
    pub variants: Vec<String>,
    /// The sizes of the pair's cases.
    pub sizes: Vec<u64>,
    /// Of the inputs that the pair generates.
    pub seed: u64,
    /// Of all that is random.
    pub order: u64,
    pub seconds: f64,
    /// What earlier launches kept.
    pub kept: Vec<Kept>,
    /// What earlier launches found.
    pub known: Vec<Found>,
}

/// An input that reached something new.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Kept {
    #[serde(with = "plain::base64")]
    pub input: Plain,
    /// Of the baseline's answer: it has to be the same in the other processes of this dig. `None` from an earlier one, since
    /// the function may be another by now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answer: Option<u64>,
}

impl Kept {
    /// As the next dig gets it.
    pub fn without_answer(&self) -> Self {
        Kept {
            input: self.input.clone(),
            answer: None,
        }
    }
}

/// Differences that count as one.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub(crate) struct Group {
    pub variant: String,
    pub kind: Kind,
    /// Where the answers differ, or what was raised.
    pub place: String,
}

/// An input on which a variant differs from the baseline.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Found {
    pub group: Group,
    #[serde(with = "plain::base64")]
    pub input: Plain,
    /// What came of the baseline's call.
    pub baseline: String,
    /// What came of the variant's.
    pub other: String,
    /// Which one of its group, from 0.
    pub number: usize,
    /// Seconds from the start of the launch.
    pub seconds: f64,
}

/// What a launch that digs reports.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub(crate) enum Event {
    Progress {
        /// Inputs that were tried.
        inputs: u64,
        /// Inputs that the pair does not take.
        refused: u64,
        /// Inputs that were too much for the baseline.
        too_much: u64,
        /// Lines of the Python side that were reached, and all of the functions that were called.
        lines: (u64, u64),
        /// How many inputs there were of each group so far.
        groups: Vec<(Group, u64)>,
    },
    Kept(Kept),
    Found(Found),
    /// The finding of this number was made smaller, and is reported under another one if it is new.
    Withdrawn {
        group: Group,
        number: usize,
    },
    /// What comes of the baseline's call with the input that a variant is about to get.
    Baseline {
        outcome: String,
    },
    /// A stored input was tried; the outcomes of both calls, where they still differ.
    Checked {
        open: Option<(String, String)>,
    },
    /// Why this pair cannot be dug.
    Refused {
        why: String,
    },
    Done,
}
