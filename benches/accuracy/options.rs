//! The arguments of `cargo bench --bench accuracy --`.

use clap::{Parser, ValueEnum};
use std::path::PathBuf;

/// The published calibration: pairbench, criterion and pyperf on the same work, on the same machine, in turns. It ends
/// with the table of docs/evidence/accuracy.md.
#[derive(Debug, Clone, Parser)]
#[command(
    name = "cargo bench --bench accuracy --",
    bin_name = "cargo bench --bench accuracy --",
    max_term_width = 100
)]
pub struct Options {
    /// How long to measure; a round of all blocks takes about ten minutes
    #[arg(long, value_name = "N", default_value_t = 20.0, value_parser = minutes)]
    pub minutes: f64,

    /// Seed of every random order, and of the neighbour [default: a new one]
    #[arg(long, value_name = "N")]
    pub seed: Option<u64>,

    /// Only with the neighbour, or only without
    #[arg(long, value_name = "CONDITION")]
    pub only: Option<Condition>,

    /// Leave out a peer
    #[arg(long, value_name = "PEER")]
    pub without: Vec<Peer>,

    /// The Python to measure [default: as with `cargo bench`]
    #[arg(long, value_name = "PATH")]
    pub interpreter: Option<String>,

    /// Keep all launches and verdicts in this file, from which the table can be made again
    #[arg(long, value_name = "FILE")]
    pub json: Option<PathBuf>,

    /// Measure nothing; make the table from such a file
    #[arg(long, value_name = "FILE", conflicts_with_all = ["json", "minutes", "only", "without"])]
    pub from: Option<PathBuf>,

    /// Cargo passes it
    #[arg(long, hide = true)]
    pub bench: bool,
}

/// Whether the neighbour is busy.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Condition {
    /// It is not there.
    Quiet,
    /// It keeps a core busy now and then.
    Busy,
}

/// A tool beside pairbench.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Peer {
    /// The Rust one.
    Criterion,
    /// The Python one.
    Pyperf,
}

fn minutes(text: &str) -> Result<f64, String> {
    let minutes: f64 = text
        .parse()
        .map_err(|_| "a number of minutes, like 30".to_string())?;
    if minutes > 0.0 && minutes <= 10_000.0 {
        Ok(minutes)
    } else {
        Err("more than 0 and at most 10000".into())
    }
}
