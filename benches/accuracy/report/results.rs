//! What was measured, as it is kept in a file: enough to make the table again.

use super::text::{Change, Comparison};
use crate::workloads::Work;
use pairbench::registry::Side;
use serde::{Deserialize, Serialize};

/// All results of one run of the bench.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Results {
    /// Where, when and how.
    pub about: About,
    /// pairbench's launches, in the order taken.
    pub launches: Vec<Launch>,
    /// criterion's processes, in the order taken.
    pub criterion: Vec<CriterionRun>,
    /// pyperf's runs, in the order taken.
    pub pyperf: Vec<PyperfRun>,
    /// Tools that took no part, and why.
    pub skipped: Vec<String>,
    /// What failed and was left out.
    pub failures: Vec<String>,
}

/// Where, when and how.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct About {
    /// Start, RFC 3339, UTC.
    pub started: String,
    /// Model of the CPU.
    pub cpu: String,
    /// Logical cores.
    pub cores: u32,
    /// Interpreter.
    pub python: String,
    /// Compiler.
    pub rustc: String,
    /// Versions of the three tools.
    pub versions: String,
    /// The command that measured it.
    pub command: String,
    /// Seconds that the blocks took.
    pub seconds: f64,
    /// Blocks measured.
    pub blocks: u32,
    /// Seed of every order.
    pub seed: u64,
    /// Load averages over 1 minute at the start of quiet blocks: the load of others on the machine.
    pub loads: Vec<f64>,
}

/// What was measured, and when.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Key {
    /// The kind of work.
    pub work: Work,
    /// The language.
    pub side: Side,
    /// Whether a neighbour was busy.
    pub busy: bool,
    /// Slow-down in percent.
    pub slowed: u32,
    /// Number of the block.
    pub block: u32,
}

impl Key {
    /// True quotient: time of the slowed side ÷ time of the other.
    pub fn truth(&self) -> f64 {
        1.0 + f64::from(self.slowed) / 100.0
    }
}

/// One launch of pairbench, which compared a side with the one that is not slowed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Launch {
    /// What was compared.
    pub key: Key,
    /// The launch's logarithm of baseline ÷ variant.
    pub log: f64,
    /// Wall time of the process.
    pub wall_s: f64,
}

/// One process of criterion.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CriterionRun {
    /// What was measured.
    pub key: Key,
    /// Wall time of the process.
    pub wall_s: f64,
    /// The change that it printed since the last process that measured the side that is not slowed.
    pub change: Option<Change>,
    /// The same from a much shorter process just before, only for the side that is not slowed: it shows how few
    /// seconds would have been enough.
    pub short: Option<ShortRun>,
}

/// One short process of criterion.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ShortRun {
    /// Wall time of the process.
    pub wall_s: f64,
    /// The change that it printed since the last short process.
    pub change: Option<Change>,
}

/// One run of pyperf: its processes, and its comparison.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PyperfRun {
    /// What was measured.
    pub key: Key,
    /// Wall time, the calibrating process included.
    pub wall_s: f64,
    /// Its values in seconds, by process.
    pub values: Vec<Vec<f64>>,
    /// Its verdict against the last run of the side that is not slowed.
    pub comparison: Option<Comparison>,
}
