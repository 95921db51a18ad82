//! The sessions of a run, and what disturbed it from outside.

use crate::hosts::Fault;
use serde::{Deserialize, Serialize};
use std::fmt;

/// A process that worked on the run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Session {
    /// Start, RFC 3339, UTC.
    pub started: String,
    /// The arguments after `cargo bench --`.
    pub arguments: Vec<String>,
    /// Its start on the clock of the run, in seconds: the time that earlier sessions took.
    pub at_s: f64,
}

/// A disturbance from outside.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Disturbance {
    /// Seconds from the start of the run.
    pub at_s: f64,
    /// The pair that was being measured; empty when none was.
    pub pair: String,
    /// What it was.
    #[serde(flatten)]
    pub what: Happening,
}

/// What came from outside.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Happening {
    /// The machine slept. A launch during that time is taken again.
    Slept {
        /// How long.
        seconds: f64,
    },
    /// All processes of the run were frozen, for example by `docker pause`. A launch during that time is taken again.
    Frozen {
        /// How long.
        seconds: f64,
    },
    /// The wall clock was set. No duration depends on it, so nothing was lost.
    ClockSet {
        /// How far it was set forward; negative if back.
        seconds: f64,
    },
    /// A process of a launch was killed from outside, or the launch could not write its samples. What it had finished
    /// was kept, the rest taken again.
    Lost {
        /// What happened.
        fault: Fault,
    },
    /// The record could not be written. It was kept in memory and written later, or to another place.
    Unwritten {
        /// Why.
        error: String,
    },
}

impl fmt::Display for Disturbance {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let during = |f: &mut fmt::Formatter<'_>| match self.pair.as_str() {
            "" => Ok(()),
            pair => write!(f, " while {pair} was measured"),
        };
        match &self.what {
            Happening::Slept { seconds } | Happening::Frozen { seconds } => {
                match self.what {
                    Happening::Slept { .. } => write!(f, "the machine slept for {seconds:.0} s")?,
                    _ => write!(f, "all processes were frozen for {seconds:.0} s")?,
                }
                during(f)?;
                if !self.pair.is_empty() {
                    f.write_str("; that launch does not count")?;
                }
                Ok(())
            }
            Happening::ClockSet { seconds } => {
                let way = if *seconds < 0.0 { "back" } else { "forward" };
                write!(f, "the wall clock was set {way} by {:.0} s", seconds.abs())?;
                during(f)?;
                f.write_str("; no time is taken from it")
            }
            Happening::Lost { fault } => {
                write!(f, "a launch was lost")?;
                during(f)?;
                write!(f, ": {fault}; it was taken again")
            }
            Happening::Unwritten { error } => {
                write!(f, "the record could not be written for a while: {error}")
            }
        }
    }
}
