//! What a run says of the argument: eight claims that people make about Python and Rust, each put to the pairs that can
//! tell.
//!
//! docs/claims.md has the rules. As in [`verdict`](super::verdict), they use whole intervals. A pair is for a
//! claim, against it, or leaves it open; how many are which decides what the run says.

mod beyond;
mod ratios;
mod releases;
mod tally;
#[cfg(test)]
mod tests;

pub use tally::{FEWEST, Item, SHARE, Standing};

use super::PairAnalysis;
use super::matrix::Matrix;
use super::verdict::{Because, Gain, Lines, Obstacle, gains};
use crate::registry::Kind;

/// A claim, and what the run says of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Claim {
    /// Its number in the argument, from 1.
    pub number: u8,
    /// The claim, as it is made.
    pub text: &'static str,
    /// What makes a pair speak for it or against it.
    pub asked: &'static str,
    /// What the run says.
    pub standing: Standing,
    /// The numbers that it says so by, and what was not tested.
    pub evidence: Vec<Evidence>,
}

impl Claim {
    /// One that no pair was asked about says so.
    fn saying_something(mut self) -> Self {
        if self.evidence.is_empty() {
            self.evidence
                .push(Evidence::of("No pair of the kind was measured"));
        }
        self
    }
}

/// One line of numbers.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Evidence {
    /// The finding, without a full stop.
    pub text: String,
    /// The pairs that it is about, each with its own figure; not all pairs of a line need to be named.
    pub items: Vec<Item>,
}

impl Evidence {
    fn of(text: impl Into<String>) -> Self {
        Evidence {
            text: text.into(),
            items: Vec::new(),
        }
    }
}

/// What the claims ask of a pair.
impl PairAnalysis<'_> {
    /// Whether its numbers may be used: it passed, was measured, and its run is to be believed.
    fn is_sound(&self) -> bool {
        !matches!(
            self.verdict().because,
            Because::Open(Obstacle::Failed(_) | Obstacle::Waiting | Obstacle::Void(_))
        )
    }

    fn gains(&self) -> Vec<Gain> {
        self.summary
            .headline()
            .map(|case| gains(case).collect())
            .unwrap_or_default()
    }

    /// What the port gains, where it runs on one core.
    fn port_gain(&self) -> Option<Gain> {
        let port = self.port().and_then(Gain::of);
        port.filter(|port| port.kind == Kind::Port)
    }

    fn of_kind(&self, kind: Kind) -> Option<Gain> {
        let own = self.gains().into_iter().filter(|gain| gain.kind == kind);
        own.max_by(|a, b| a.ratio.value.total_cmp(&b.ratio.value))
    }
}

/// What these pairs say of the eight claims. Only the claim about interpreters asks for what several of them made of a pair.
pub fn claims(pairs: &[&PairAnalysis<'_>], matrix: &Matrix<'_>) -> Vec<Claim> {
    let sound: Vec<&PairAnalysis<'_>> = pairs.iter().copied().filter(|one| one.is_sound()).collect();
    let lines = Lines::default();
    let all = vec![
        ratios::ceiling(&sound, lines),
        ratios::parallel(&sound),
        ratios::hot_loop(&sound, lines),
        ratios::flat(&sound),
        releases::point_releases(matrix),
        beyond::up_front(&sound),
        ratios::library_bound(&sound, lines),
        beyond::invariants(pairs),
    ];
    all.into_iter().map(Claim::saying_something).collect()
}
