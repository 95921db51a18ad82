//! Counts the pairs for a claim and against it.

use super::Evidence;
use crate::registry::Profile;
use std::fmt;

/// A claim is about a kind of program. Fewer pairs than this cannot represent a kind.
pub const FEWEST: usize = 3;

/// The share of all tested pairs that must be for a claim for it to hold, or against it for it to fail.
pub const SHARE: f64 = 0.75;

/// The result of a claim in a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ClaimResult {
    /// At least [`SHARE`] of the tested pairs are for it.
    Holds,
    /// At least [`SHARE`] are against it: the data contradict the claim.
    Fails,
    /// Neither share is reached.
    Mixed,
    /// Too few pairs are for or against it, or nothing in this run can test it.
    NotTested,
}

impl fmt::Display for ClaimResult {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            ClaimResult::Holds => "holds",
            ClaimResult::Fails => "fails",
            ClaimResult::Mixed => "mixed",
            ClaimResult::NotTested => "not tested here",
        })
    }
}

/// A pair in a line of evidence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    pub pair: String,
    pub figure: String,
}

/// Whether a pair supports a claim.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Vote {
    For,
    Against,
    Open,
}

/// The votes of all tested pairs on a claim.
#[derive(Debug, Default)]
pub(super) struct Tally {
    votes: Vec<(Vote, Profile, Item)>,
}

impl Tally {
    pub fn add(&mut self, vote: Vote, profile: Profile, pair: &str, figure: impl Into<String>) {
        let item = Item {
            pair: pair.into(),
            figure: figure.into(),
        };
        self.votes.push((vote, profile, item));
    }

    pub fn tested(&self) -> usize {
        self.votes.len()
    }

    pub fn count(&self, wanted: Vote) -> usize {
        self.votes.iter().filter(|(vote, ..)| *vote == wanted).count()
    }

    pub fn result(&self) -> ClaimResult {
        let (tested, pros, cons) = (self.tested(), self.count(Vote::For), self.count(Vote::Against));
        let most = SHARE * tested as f64;
        match () {
            () if pros + cons < FEWEST => ClaimResult::NotTested,
            () if pros as f64 >= most => ClaimResult::Holds,
            () if cons as f64 >= most => ClaimResult::Fails,
            () => ClaimResult::Mixed,
        }
    }

    /// One line for each kind of vote that some pair has, with all its pairs. `words` describes what these pairs do and
    /// follows their number.
    pub fn evidence(&self, words: impl Fn(Vote) -> String) -> Vec<Evidence> {
        let line = |wanted: Vote| {
            let own = self.votes.iter().filter(|(vote, ..)| *vote == wanted);
            let items: Vec<Item> = own.map(|(.., item)| item.clone()).collect();
            (!items.is_empty()).then(|| Evidence {
                text: format!("{} of {} {}", items.len(), self.tested(), words(wanted)),
                items,
            })
        };
        [Vote::For, Vote::Against, Vote::Open]
            .into_iter()
            .filter_map(line)
            .collect()
    }

    /// How many pairs of each profile are for it: `hot loop 5 of 5, flat 4 of 5`.
    pub fn by_profile(&self) -> String {
        let count = |profile: Profile| {
            let own: Vec<Vote> = (self.votes.iter())
                .filter(|(_, of, _)| *of == profile)
                .map(|(vote, ..)| *vote)
                .collect();
            let pros = own.iter().filter(|vote| **vote == Vote::For).count();
            (!own.is_empty()).then(|| format!("{profile} {pros} of {}", own.len()))
        };
        let all: Vec<String> = Profile::ALL.into_iter().filter_map(count).collect();
        all.join(", ")
    }
}
