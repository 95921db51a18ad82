//! Proves that all variants of a pair agree on all cases, before anything is timed.
//!
//! Only this module makes a [`Verified`], and only what is verified can be measured.

mod calls;
mod compare;
mod deprecation;
mod run;
mod show;

pub use compare::{Difference, difference, unchanged};
pub(crate) use compare::{decode, first_difference};
pub use deprecation::{Deprecation, removed_in};
pub use run::{Finding, Library, check};
pub(crate) use run::{NOT_WRITTEN, pass_on_warnings};
pub(crate) use show::show;

use crate::registry::Entry;

/// A pair of which every active variant agrees with the baseline on every case.
#[derive(Debug, Clone, Copy)]
pub struct Verified<'a>(&'a Entry);

impl<'a> Verified<'a> {
    /// The pair, if the findings of [`check`] leave no doubt about it: something was compared, nothing failed, and
    /// the check came to its end.
    pub fn from_findings(entry: &'a Entry, findings: &[Finding]) -> Option<Self> {
        let done = matches!(findings.last(), Some(Finding::Done));
        let agreed = findings
            .iter()
            .any(|finding| matches!(finding, Finding::Agrees { .. }));
        let failed = findings
            .iter()
            .any(|finding| matches!(finding, Finding::Fails { .. }));
        (done && agreed && !failed).then_some(Verified(entry))
    }

    /// The pair.
    pub fn entry(&self) -> &'a Entry {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::registry::{Pair, Profile, fixture};

    fn entry() -> Entry {
        let pair = Pair::new(Profile::Flat, "x")
            .input(|size, _| size)
            .cases("n", &[1])
            .rust(|x: &u64| *x)
            .build();
        fixture::entry(pair)
    }

    #[test]
    fn nothing_less_than_a_whole_clean_check_verifies() {
        let entry = entry();
        let agrees = || Finding::Agrees {
            answers: 1,
            variant: "rust".into(),
            size: 1,
            seconds: 1e-3,
        };
        let fails = || Finding::Fails {
            variant: "rust".into(),
            size: Some(1),
            fault: crate::hosts::Fault::Panic {
                message: String::new(),
            },
        };
        assert!(Verified::from_findings(&entry, &[agrees(), Finding::Done]).is_some());
        for short in [
            vec![],
            vec![Finding::Done],
            vec![agrees()],
            vec![agrees(), fails(), Finding::Done],
        ] {
            assert!(Verified::from_findings(&entry, &short).is_none(), "{short:?}");
        }
    }
}
