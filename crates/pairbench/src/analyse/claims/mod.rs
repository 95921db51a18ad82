//! The argument: eight claims that people make about Python and Rust, each tested on the pairs that bear on it.
//!
//! docs/claims.md has the rules. As in [`verdict`](super::verdict), they use whole intervals. A pair is for a
//! claim, against it, or leaves it open; the counts decide the result.

mod beyond;
mod ratios;
mod releases;
mod served;
mod study;
mod tally;
#[cfg(test)]
mod tests;

pub use tally::{ClaimResult, FEWEST, Item, SHARE};

use super::PairAnalysis;
use super::matrix::Matrix;
use super::verdict::{Because, Gain, Lines, Obstacle, gains, largest};
use crate::registry::Kind;

/// A line of evidence with more items than this shows only their number.
pub(crate) const MOST_NAMED: usize = 5;

/// A claim and its result in a run.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Claim {
    /// Its number in the argument, from 1.
    pub number: u8,
    pub text: &'static str,
    /// The question that decides whether a pair is for it or against it.
    pub question: &'static str,
    pub result: ClaimResult,
    /// The numbers behind the result, and what was not tested.
    pub evidence: Vec<Evidence>,
}

impl Claim {
    /// A claim without evidence states that no pair was measured.
    fn with_evidence(mut self) -> Self {
        if self.evidence.is_empty() {
            self.evidence
                .push(Evidence::of("No pair of this kind was measured"));
        }
        self
    }
}

/// One line of numbers.
#[derive(Debug, Clone, Default, PartialEq)]
#[non_exhaustive]
pub struct Evidence {
    /// The finding, without a full stop.
    pub text: String,
    /// The pairs that it is about, each with its figure; not every pair of a line is named.
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

/// What the claims need from a pair.
impl PairAnalysis<'_> {
    /// Whether its numbers may be used: it passed verification, was measured, and nothing voids its run.
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

    /// The gain of the single-threaded port.
    fn port_gain(&self) -> Option<Gain> {
        let port = self.port().and_then(Gain::of);
        port.filter(|port| port.kind == Kind::Port)
    }

    fn of_kind(&self, kind: Kind) -> Option<Gain> {
        largest(self.gains().into_iter().filter(|gain| gain.kind == kind))
    }
}

/// The eight claims, tested on these pairs. Only the claim about releases uses the matrix of interpreters.
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
    all.into_iter().map(Claim::with_evidence).collect()
}
