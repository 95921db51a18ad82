//! The measured profile, compared with the declared one and with the function that `native` replaces.

use super::summary::{PairSummary, VariantSummary};
use crate::diagnose::profile::{CallProfile, FunctionShare};
use crate::estimate::{Ceiling, Estimate, Ratio, Share};
use crate::record::{PairRecord, Subject, Warning, WarningKind};
use crate::registry::{Profile, Variant};
use crate::text::percent;

/// A pair declared flat has no function above this share of the time, by its whole interval. Authors aim at a third; the
/// difference leaves room for the two points that sampling may be off by, and for another interpreter.
pub const FLAT_MOST: f64 = 0.4;
/// A hot loop takes most of the time: below half, everything around it takes more.
pub const LOOP_LEAST: f64 = 0.5;

/// What an extension can gain, and what it gained.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub struct ExtensionGain {
    /// The part of the time that the function takes.
    pub part: Share,
    /// The ceiling of the gain.
    pub ceiling: Ceiling,
    /// The gain of `native`, if it was measured.
    pub native: Option<Estimate>,
    /// The threads that `native` used on average, if it used several: the ceiling is that of one thread.
    pub threads: Option<f64>,
}

impl ExtensionGain {
    /// The gain for a profiled pair. Also `None` if the profile has no sample of the function that `native` replaces.
    pub fn of(pair: &PairRecord, summary: &PairSummary) -> Option<Self> {
        let profile = pair.diagnoses.profile(Variant::BASELINE)?;
        if profile.replaced.is_some() && profile.replaced_function().is_none() {
            return None;
        }
        let part = profile.portable()?;
        let native = summary.headline().and_then(|case| case.variant("native"));
        Some(ExtensionGain {
            part,
            ceiling: part.ceiling(),
            native: native.and_then(|native| native.ratio),
            threads: native.and_then(VariantSummary::several_threads),
        })
    }

    /// Whether it gained more than its ceiling, by both intervals. An extension with several threads has no ceiling.
    pub fn exceeds(&self) -> bool {
        self.threads.is_none() && self.native.is_some_and(|native| !self.ceiling.allows(&native))
    }

    /// Whether the gain is above the ceiling, which may be chance.
    pub fn is_above(&self) -> bool {
        self.native
            .is_some_and(|native| native.value > self.ceiling.value)
    }
}

pub(super) fn find(pair: &PairRecord, summary: &PairSummary) -> Vec<Warning> {
    let Some(profile) = pair.diagnoses.profile(Variant::BASELINE) else {
        return Vec::new();
    };
    let found = [
        contradicts(pair, profile),
        not_hottest(pair, profile),
        above_ceiling(pair, summary),
    ];
    found.into_iter().flatten().collect()
}

fn about(pair: &PairRecord, variant: &str) -> Vec<Subject> {
    vec![Subject {
        variant: Some(variant.into()),
        ..Subject::pair(&pair.name)
    }]
}

/// `check 29 % [25, 33]`.
fn with_share(name: &str, share: Share) -> String {
    let whole = |part: f64| format!("{:.0}", part * 100.0);
    format!(
        "{name} {} [{}, {}]",
        percent(share.value),
        whole(share.low),
        whole(share.high)
    )
}

/// The declared profile, compared with the hottest function.
fn contradicts(pair: &PairRecord, profile: &CallProfile) -> Option<Warning> {
    let hottest = profile.functions.first()?;
    let own = profile.own(hottest);
    let found = match pair.profile {
        Profile::Flat => own.low > FLAT_MOST,
        // It would be replaced together with the functions that it calls.
        Profile::HotLoop => own.high < LOOP_LEAST && profile.portable()?.high < LOOP_LEAST,
        Profile::Parallel
        | Profile::Concurrent
        | Profile::LibraryBound
        | Profile::Service
        | Profile::Undeclared => false,
    };
    let figure = format!("{}, hottest is {}", pair.profile, with_share(&hottest.name, own));
    found.then(|| WarningKind::ProfileContradicted.found(vec![Subject::pair(&pair.name)], figure))
}

/// The function that `native` replaces, compared with those that it leaves in Python. A function whose own time exceeds
/// the total time of the replaced one would have been the better choice.
fn not_hottest(pair: &PairRecord, profile: &CallProfile) -> Option<Warning> {
    let replaced = profile.replaced.as_deref()?;
    let total = |function: &FunctionShare| profile.total(function);
    let part = profile.replaced_function().map_or_else(|| profile.none(), total);
    let hottest = profile
        .functions
        .first()
        .filter(|hottest| hottest.name != replaced)?;
    let own = profile.own(hottest);
    let figure = match profile.replaced_function() {
        Some(_) => format!(
            "{}, but {}",
            with_share(replaced, part),
            with_share(&hottest.name, own)
        ),
        None => format!(
            "{replaced} not in the profile, but {}",
            with_share(&hottest.name, own)
        ),
    };
    let seen = profile.replaced_function().is_some();
    (!seen || own.low > part.high)
        .then(|| WarningKind::ReplacedNotHottest.found(about(pair, "native"), figure))
}

fn above_ceiling(pair: &PairRecord, summary: &PairSummary) -> Option<Warning> {
    let gain = ExtensionGain::of(pair, summary)?;
    let figure = format!(
        "{} above {}",
        gain.native?.display_ratio(),
        Ratio(gain.ceiling.high)
    );
    gain.exceeds()
        .then(|| WarningKind::GainAboveCeiling.found(about(pair, "native"), figure))
}
