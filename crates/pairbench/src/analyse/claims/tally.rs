//! How many pairs are for a claim and how many against it.

use super::Evidence;
use crate::registry::Profile;
use std::fmt;

/// A claim is about a kind of program. Fewer pairs than this say nothing about a kind.
pub const FEWEST: usize = 3;

/// So much of all pairs asked must be of one mind for the claim to hold, or to fail.
pub const SHARE: f64 = 0.75;

/// What a run says of a claim.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Standing {
    /// Nearly all pairs that were asked are for it.
    Holds,
    /// Nearly all are against it: the data contradict the claim.
    Fails,
    /// Neither.
    Mixed,
    /// Too few pairs can tell, or nothing in this run can.
    NotTested,
}

impl fmt::Display for Standing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Standing::Holds => "holds",
            Standing::Fails => "fails",
            Standing::Mixed => "mixed",
            Standing::NotTested => "not tested here",
        })
    }
}

/// A pair in a line of evidence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    /// Name of the pair.
    pub pair: String,
    /// Its own figure.
    pub figure: String,
}

/// What a pair says of a claim.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Voice {
    For,
    Against,
    Open,
}

/// What all pairs asked say of a claim.
#[derive(Debug, Default)]
pub(super) struct Tally {
    voices: Vec<(Voice, Profile, Item)>,
}

impl Tally {
    pub fn add(&mut self, voice: Voice, profile: Profile, pair: &str, figure: impl Into<String>) {
        let item = Item {
            pair: pair.into(),
            figure: figure.into(),
        };
        self.voices.push((voice, profile, item));
    }

    pub fn asked(&self) -> usize {
        self.voices.len()
    }

    pub fn count(&self, wanted: Voice) -> usize {
        self.voices.iter().filter(|(voice, ..)| *voice == wanted).count()
    }

    pub fn standing(&self) -> Standing {
        let (asked, pros, cons) = (self.asked(), self.count(Voice::For), self.count(Voice::Against));
        let most = SHARE * asked as f64;
        match () {
            () if pros + cons < FEWEST => Standing::NotTested,
            () if pros as f64 >= most => Standing::Holds,
            () if cons as f64 >= most => Standing::Fails,
            () => Standing::Mixed,
        }
    }

    /// A line for each voice that some pair has, with all its pairs. `told` says what the pairs of a voice do, after
    /// their number.
    pub fn evidence(&self, told: impl Fn(Voice) -> String) -> Vec<Evidence> {
        let line = |wanted: Voice| {
            let own = self.voices.iter().filter(|(voice, ..)| *voice == wanted);
            let items: Vec<Item> = own.map(|(.., item)| item.clone()).collect();
            (!items.is_empty()).then(|| Evidence {
                text: format!("{} of {} {}", items.len(), self.asked(), told(wanted)),
                items,
            })
        };
        [Voice::For, Voice::Against, Voice::Open]
            .into_iter()
            .filter_map(line)
            .collect()
    }

    /// How many pairs of each profile are for it: `hot loop 5 of 5, flat 4 of 5`.
    pub fn by_profile(&self) -> String {
        let count = |profile: Profile| {
            let own: Vec<Voice> = (self.voices.iter())
                .filter(|(_, of, _)| *of == profile)
                .map(|(voice, ..)| *voice)
                .collect();
            let pros = own.iter().filter(|voice| **voice == Voice::For).count();
            (!own.is_empty()).then(|| format!("{profile} {pros} of {}", own.len()))
        };
        let all: Vec<String> = Profile::ALL.into_iter().filter_map(count).collect();
        all.join(", ")
    }
}
