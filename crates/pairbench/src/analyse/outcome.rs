//! Pairs and variants without figures: failed or skipped.

use super::CaseInPair;
use super::summary::{FailureSummary, PairState, PairSummary, Stage, State};
use crate::record::{PairRecord, Subject, Warning, WarningKind};
use crate::text::count;

pub(super) fn find(pair: &PairRecord, summary: &PairSummary) -> Vec<Warning> {
    let mut all = Vec::new();
    if summary.state() == PairState::Failed {
        let failures = count(summary.failures.len(), "failure");
        all.push(WarningKind::FailedPair.found(vec![Subject::pair(&pair.name)], failures));
    }
    let Some(case) = summary.headline() else {
        return all;
    };
    let subject = CaseInPair {
        summary,
        figures: case,
    };
    for variant in &case.variants {
        let about = || vec![subject.variant(&variant.name)];
        match &variant.state {
            State::Failed(_) if summary.state() != PairState::Failed => {
                let failure = summary.failures.iter().find(|f| f.variant == variant.name);
                all.push(WarningKind::FailedVariant.found(about(), when(failure)));
            }
            State::Skipped(reason) => all.push(skipped(about(), reason)),
            _ => {}
        }
    }
    all
}

fn when(failure: Option<&FailureSummary>) -> String {
    match failure.map(|failure| failure.stage) {
        Some(Stage::Verify) => "while verifying".into(),
        Some(Stage::Launch(index)) => format!("in launch {}", u64::from(index) + 1),
        Some(Stage::Unknown) | None => "at an unknown stage".into(),
    }
}

/// A reason names what is missing and, after a semicolon, the remedy.
fn skipped(about: Vec<Subject>, reason: &str) -> Warning {
    let (missing, remedy) = reason.split_once("; ").unwrap_or((reason, ""));
    let found = WarningKind::Skipped.found(about, missing);
    match remedy {
        "" => found,
        remedy => found.with_remedy(remedy),
    }
}
