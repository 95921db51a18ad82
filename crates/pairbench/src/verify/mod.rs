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

use crate::registry::{Entry, Side, Variant};

/// A pair whose baseline and ports agree on every case. A step that fails is lost alone.
#[derive(Debug, Clone, Copy)]
pub struct Verified<'a>(&'a Entry);

impl<'a> Verified<'a> {
    /// The pair, if the findings of [`check`] leave no doubt about it: something was compared, nothing failed, and
    /// the check came to its end. If a port agrees, a Python variant other than the baseline may have failed: it has no
    /// ratio, but the others are unaffected.
    pub fn from_findings(entry: &'a Entry, findings: &[Finding]) -> Option<Self> {
        let done = matches!(findings.last(), Some(Finding::Done));
        let agreed = findings
            .iter()
            .any(|finding| matches!(finding, Finding::Agrees { .. }));
        let side = |name: &str| {
            let mut variants = entry.pair.variants().iter();
            variants
                .find(|variant| variant.name == name)
                .map(|variant| variant.side)
        };
        let has_port = findings.iter().any(
            |finding| matches!(finding, Finding::Agrees { variant, .. } if side(variant) == Some(Side::Rust)),
        );
        let is_step = |name: &str| name != Variant::BASELINE && side(name) == Some(Side::Python);
        let failed = findings.iter().any(
            |finding| matches!(finding, Finding::Fails { variant, .. } if !(has_port && is_step(variant))),
        );
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
            .python(&["threads"])
            .rust(|x: &u64| *x)
            .build();
        fixture::entry(pair)
    }

    #[test]
    fn only_a_complete_clean_check_verifies() {
        let entry = entry();
        let agrees = |variant: &str| Finding::Agrees {
            answers: 1,
            variant: variant.into(),
            size: 1,
            seconds: 1e-3,
        };
        let fails = |variant: &str| Finding::Fails {
            variant: variant.into(),
            size: Some(1),
            fault: crate::hosts::Fault::Panic {
                message: String::new(),
            },
        };
        for enough in [
            vec![agrees("rust"), Finding::Done],
            vec![agrees("rust"), fails("threads"), Finding::Done],
        ] {
            assert!(Verified::from_findings(&entry, &enough).is_some(), "{enough:?}");
        }
        for short in [
            vec![],
            vec![Finding::Done],
            vec![agrees("rust")],
            vec![agrees("rust"), fails("rust"), Finding::Done],
            vec![agrees("rust"), fails("python"), Finding::Done],
            vec![agrees("rust"), fails("embedded"), Finding::Done],
            vec![agrees("rust"), fails(""), Finding::Done],
            vec![agrees("threads"), fails("rust"), Finding::Done],
            // Without the port's answers it is unclear which side is wrong.
            vec![agrees("python"), fails("threads"), Finding::Done],
        ] {
            assert!(Verified::from_findings(&entry, &short).is_none(), "{short:?}");
        }
    }
}
