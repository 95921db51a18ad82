//! Open verdicts, and doubts.

use super::*;
use crate::analyse::summary::Modes;
use crate::analyse::{Analysis, PairAnalysis};
use crate::hosts::Fault;
use crate::record::{Subject, VariantState, fixture};
use crate::registry::Variant;

#[test]
fn an_interval_that_straddles_a_threshold_is_named() {
    let check_open = |rows: &[Row], reason: &str| check(rows, Call::Inconclusive, reason);
    check_open(
        &[("rust", Rust, Some((1.8, 2.2)))],
        "the interval of Rust, 1.99× [1.80, 2.20], straddles 2×",
    );
    check_open(
        &[
            ("rust", Rust, Some((1.2, 1.3))),
            ("rayon", Rust, Some((1.9, 2.3))),
        ],
        "the interval of Rust with rayon, 2.09× [1.90, 2.30], straddles 2×",
    );
    check_open(
        &[
            ("native", Python, Some((9.0, 12.0))),
            ("rust", Rust, Some((20.0, 22.0))),
        ],
        "Rust gains 21.0× [20.0, 22.0], and 2.02× [1.67, 2.44] beyond the extension for `escape`, which gains 10.4× [9.0, 12.0] \
         and saves 90 % of the time instead of 95 %: the interval straddles 2×",
    );
    // An end exactly on the threshold is on neither side.
    check_open(
        &[("rust", Rust, Some((2.0, 2.2)))],
        "the interval of Rust, 2.10× [2.00, 2.20], straddles 2×",
    );
    check_open(&[("rust", Rust, None)], "the 5.00× of Rust has no interval yet");
    check_open(
        &[("native", Python, None), ("rust", Rust, Some((3.0, 4.0)))],
        "the 5.00× of the extension for `escape` has no interval yet",
    );
}

/// The centre of two speeds is a speed that no launch had.
#[test]
fn both_speeds_of_bimodal_launches_are_judged() {
    let judged = |lower: f64, upper: f64| {
        let of = |middle: f64| {
            variant(("rust", Rust, Some((middle * 0.99, middle * 1.01))))
                .ratio
                .unwrap()
        };
        let mut case = case(&[("rust", Rust, Some((lower, upper)))]);
        case.variants[0].modes = Some(Modes::made_up([of(lower), of(upper)]));
        Verdict {
            because: weigh_speeds(&case, Lines::default()),
            ..verdict(&[])
        }
    };
    assert_eq!(judged(6.0, 9.0).call(), Call::PortIt);
    let open = judged(1.2, 3.0);
    assert_eq!(open.call(), Call::Inconclusive);
    assert!(open.reason().contains("has two speeds"), "{}", open.reason());
    assert!(
        open.reason().ends_with("at one leave it, at the other port it"),
        "{}",
        open.reason()
    );
    assert!(open.next().unwrap().contains("two speeds"));
}

#[test]
fn more_launches_do_not_help_a_gain_that_is_too_close() {
    let next = |low, high| verdict(&[("rust", Rust, Some((low, high)))]).next().unwrap();
    assert!(next(1.8, 2.2).contains("--precision"));
    assert!(next(1.99, 2.01).contains("too close to"));
    let next = |native, rust| {
        let rows = [("native", Python, Some(native)), ("rust", Rust, Some(rust))];
        verdict(&rows).next().unwrap()
    };
    assert!(next((9.0, 12.0), (19.9, 20.1)).contains("--precision"));
    assert!(next((9.95, 10.02), (19.98, 20.02)).contains("too close to"));
}

/// A variant without a ratio leaves the verdict open only if it could be the answer.
#[test]
fn missing_variants_are_named() {
    let without = |rows: &[Row], name: &str, state: State| {
        let mut case = case(rows);
        let variant = case.variants.iter_mut().find(|v| v.name == name).unwrap();
        (variant.ratio, variant.state) = (None, state);
        of_case(&case, None)
    };
    let skipped = || State::Skipped("no module named numpy".into());
    let (rust, numpy) = (("rust", Rust, Some((20.0, 22.0))), ("numpy", Python, None));
    let open = without(&[numpy, rust], "numpy", skipped());
    assert_eq!(open.call(), Call::Inconclusive);
    assert_eq!(open.reason(), "`numpy` was skipped, and could be the answer");
    assert!(open.next().unwrap().contains("install"));
    let too_old = State::Skipped(format!("needs a module{}", Variant::NEWER_PYTHON));
    assert_eq!(without(&[numpy, rust], "numpy", too_old).call(), Call::PortIt);
    let low = ("rust", Rust, Some((1.1, 1.2)));
    assert_eq!(
        without(&[numpy, low], "numpy", skipped()).call(),
        Call::Inconclusive
    );

    let rayon = ("rayon", Rust, None);
    let (no, yes) = ([low, rayon], [rust, rayon]);
    assert_eq!(
        without(&no, "rayon", State::Deselected).reason(),
        "`rayon` was left out, and could be the answer"
    );
    assert_eq!(without(&yes, "rayon", State::Deselected).call(), Call::PortIt);

    // Also beside a parallel port that does not gain enough.
    let both = [low, ("tokio", Rust, Some((1.3, 1.4))), rayon];
    assert_eq!(
        without(&both, "rayon", State::Deselected).call(),
        Call::Inconclusive
    );

    let failed = without(&[rust], "rust", State::Failed(Fault::Hang { limit_s: 9 }));
    assert_eq!(
        failed.reason(),
        "`rust` failed, and no verdict is possible without it"
    );
    assert!(failed.next().unwrap().contains("--test"));
    let waiting = without(&[rust], "rust", State::NotMeasured);
    assert_eq!(
        waiting.reason(),
        "`rust` was not measured, and no verdict is possible without it"
    );
    let no_port = verdict(&[("numpy", Python, Some((9.0, 9.1)))]);
    assert_eq!(
        no_port.reason(),
        "`rust` is not written yet, and no verdict is possible without it"
    );
    assert_eq!(no_port.next().unwrap(), "write it");
}

#[test]
fn a_pair_that_failed_or_waits_is_not_judged() {
    let judged = |change: &dyn Fn(&mut PairRecord)| {
        let mut record = fixture::steady();
        change(&mut record.pairs[0]);
        Analysis::of(&record).pairs[0].verdict().clone()
    };
    assert_eq!(judged(&|_| {}).call(), Call::PortIt);
    let fault = || Fault::Hang { limit_s: 9 };
    let failed = judged(&|pair| pair.variants[0].state = VariantState::Failed { fault: fault() });
    assert_eq!(failed.call(), Call::Inconclusive);
    assert!(
        failed.reason().starts_with("the pair failed and has no ratio: "),
        "{failed:?}"
    );
    let waiting = judged(&|pair| pair.launches.clear());
    assert_eq!(waiting.reason(), "nothing is measured yet");
    assert!(waiting.next().unwrap().contains("--resume"));
}

#[test]
fn void_runs_have_no_verdicts_and_doubts_are_listed() {
    let record = fixture::steady();
    let summary = PairAnalysis::alone(&record, &record.pairs[0]).summary;
    let with = |found: &[Warning]| judge(&record.pairs[0], &summary, found.iter(), Lines::default());
    let kind = |kind: WarningKind| kind.found(Vec::new(), "");
    for void in VOID {
        let verdict = with(&[kind(void)]);
        assert_eq!(verdict.because, Because::Open(Obstacle::Void(void)));
        assert!(verdict.reason().starts_with(|c: char| c.is_lowercase()));
        assert!(!verdict.next().unwrap().is_empty());
    }
    let at = |size| Subject {
        size,
        ..Subject::pair("steady")
    };
    let note = Warning {
        severity: crate::record::Severity::Note,
        ..kind(WarningKind::TwoKinds)
    };
    let verdict = with(&[
        kind(WarningKind::UnoptimisedInterpreter),
        WarningKind::DriftingLaunches.found(vec![at(None)], ""),
        WarningKind::DriftingLaunches.found(vec![at(None)], ""),
        // These are not doubts: another size, a note, and a wide interval.
        WarningKind::SamplesTooShort.found(vec![at(Some(9))], ""),
        note,
        kind(WarningKind::WideInterval),
    ]);
    assert_eq!(
        verdict.doubts,
        [WarningKind::UnoptimisedInterpreter, WarningKind::DriftingLaunches]
    );
    assert_eq!(verdict.own_doubts(), [WarningKind::DriftingLaunches]);
    assert_eq!(verdict.call(), Call::PortIt);
    for kind in DOUBTS {
        assert_ne!(
            doubt(kind),
            doubt(WarningKind::Turbo),
            "{kind:?} has its own words"
        );
    }
}

/// An interpreter without optimisation makes every port look better by the same factor.
#[test]
fn what_an_optimised_interpreter_could_change_is_in_the_reason() {
    let record = fixture::steady();
    let judged = |rows: &[Row], kinds: &[WarningKind]| {
        let mut summary = PairAnalysis::alone(&record, &record.pairs[0]).summary;
        summary.cases = vec![case(rows)];
        let found: Vec<Warning> = kinds.iter().map(|kind| kind.found(Vec::new(), "")).collect();
        judge(&record.pairs[0], &summary, found.iter(), Lines::default())
    };
    let words = format!(
        "; on an optimised Python, {} to {} times as fast, it could be: ",
        optimised::FASTER.0,
        optimised::FASTER.1
    );
    let unoptimised = [WarningKind::UnoptimisedInterpreter];
    let narrow = |name, side, middle: f64| (name, side, Some((0.99 * middle, 1.01 * middle)));
    // Above the line by less than the factor, and by more.
    let close = narrow("rust", Rust, 2.1);
    let verdict = judged(&[close], &unoptimised);
    assert_eq!(
        (verdict.call(), verdict.if_optimised.as_slice()),
        (Call::PortIt, &[Call::LeaveIt][..])
    );
    assert!(
        verdict.reason().ends_with(&format!("{words}leave it")),
        "{}",
        verdict.reason()
    );
    assert!(
        judged(&[close], &[WarningKind::FewLaunches])
            .if_optimised
            .is_empty()
    );
    assert!(
        !judged(&[narrow("rust", Rust, 2.9)], &unoptimised)
            .reason()
            .contains(&words)
    );
    // A step that becomes faster as well leaves less to the port; one that does not leaves as much.
    let step = narrow("native", Python, 8.0);
    let verdict = judged(&[step, narrow("rust", Rust, 19.0)], &unoptimised);
    assert_eq!(
        verdict.if_optimised,
        [Call::ExtensionSuffices, Call::Inconclusive]
    );
    // A pair without a verdict has no other one either.
    let verdict = judged(&[close], &[unoptimised[0], VOID[0]]);
    assert!(verdict.if_optimised.is_empty());
}
