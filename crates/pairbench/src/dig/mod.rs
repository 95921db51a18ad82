//! Differential fuzzing: looks for inputs on which a variant of a pair and its baseline differ.
//!
//! It starts with the pair's own inputs and changes them as plain values (`mutate`). Both sides keep running and get
//! one input after another (`digger`); the outcomes of the calls are compared, including exceptions and panics
//! (`outcome`). Inputs that reach new lines of the Python side are kept and changed further. Inputs that differ are
//! made as small as possible (`shrink`) and stored beside the pair (`found`).

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

/// How long a launch that digs these variants may be silent before it counts as hanging; it reports twice a second. A
/// Python set-up may start processes.
pub(crate) fn silence(entry: &Entry, variants: &[String]) -> Duration {
    let mut known = entry.pair.variants().iter();
    let python = known.any(|known| known.side == Side::Python && variants.contains(&known.name));
    Duration::from_secs(if python { 20 } else { 6 })
}

/// How a variant differs from the baseline.
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
            Kind::Refusals => "fails differently than declared",
            Kind::Mutates => "changes its input",
            Kind::Wavers => "is not deterministic",
            Kind::Hangs => "does not end",
            Kind::Crashes => "ends the process",
            Kind::Memory => "takes memory without bound",
            Kind::Floods => "prints without end",
            Kind::Slow => "takes far longer than the baseline",
            Kind::Odd => "returns something other than a plain value",
        })
    }
}

/// The task of a launch for one pair.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Task {
    /// Look for differences.
    Search(Job),
    /// Look for a simpler input than this one on which a variant ends the process: make simpler calls, one after
    /// another, until one ends it again.
    Fatal {
        variant: String,
        /// Whether this input ended it twice; otherwise it is tried first.
        confirmed: bool,
        #[serde(with = "plain::base64")]
        input: Plain,
        seconds: f64,
    },
    /// Look for a small input on which a variant differs that was found to differ on a case.
    Disagreement {
        variant: String,
        size: u64,
        seed: u64,
        seconds: f64,
    },
    /// Try the stored findings again, starting with this index.
    Recheck {
        variants: Vec<String>,
        stored: Vec<Stored>,
        from: usize,
    },
}

/// A search in one launch.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Job {
    /// The variants besides the baseline.
    pub variants: Vec<String>,
    /// The sizes of the pair's cases.
    pub sizes: Vec<u64>,
    /// Seed of the inputs that the pair generates.
    pub seed: u64,
    /// Seed of the random choices of the search.
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
    /// Hash of the baseline's answer, which has to be the same in the other processes of this dig. `None` if it is from
    /// an earlier dig, because the function may have changed since.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answer: Option<u64>,
}

impl Kept {
    /// As it is passed to the next dig.
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
    /// The outcome of the baseline's call.
    pub baseline: String,
    /// The outcome of the variant's call.
    pub other: String,
    /// Index within its group, from 0.
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
        /// Inputs that the pair does not accept.
        refused: u64,
        /// Inputs that were too much for the baseline.
        too_much: u64,
        /// Lines of the Python side that were reached, and all lines of the functions that were called.
        lines: (u64, u64),
        /// Number of inputs in each group so far.
        groups: Vec<(Group, u64)>,
    },
    Kept(Kept),
    Found(Found),
    /// The finding with this number was made smaller; if the result is new, it is reported under another number.
    Withdrawn {
        group: Group,
        number: usize,
    },
    /// The outcome of the baseline's call with the input that a variant is about to get.
    Baseline {
        outcome: String,
    },
    /// A stored input was tried; the outcomes of both calls, if they still differ.
    Checked {
        open: Option<(String, String)>,
    },
    /// Why this pair cannot be dug.
    Refused {
        why: String,
    },
    Done,
}
