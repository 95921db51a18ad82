//! Every branch of the rules, by made-up intervals.

use super::*;
use crate::analyse::summary::VariantSummary;
use crate::estimate::Estimate;
use crate::hosts::Fault;
use crate::record::{Subject, VariantState, fixture};
use crate::registry::Side;

/// Name, side, and the ends of the interval.
type Row = (&'static str, Side, Option<(f64, f64)>);

use Side::{Python, Rust};

fn variant((name, side, interval): Row) -> VariantSummary {
    VariantSummary {
        name: name.into(),
        side,
        state: State::Measured,
        ratio: Some(Estimate {
            value: interval.map_or(5.0, |(low, high): (f64, f64)| (low * high).sqrt()),
            interval,
            launches: 8,
        }),
        time: None,
        setup: None,
        launches: 8,
    }
}

fn case(rows: &[Row]) -> CaseSummary {
    CaseSummary {
        size: 1,
        default: true,
        launches: 8,
        baseline: variant(("python", Python, None)),
        variants: rows.iter().copied().map(variant).collect(),
        embedded: None,
    }
}

fn of_case(case: &CaseSummary, replaced: Option<&str>) -> Verdict {
    Verdict {
        pair: "p".into(),
        because: weigh(case, Lines::default()),
        lines: Lines::default(),
        replaced: replaced.map(Into::into),
        doubts: Vec::new(),
    }
}

fn verdict(rows: &[Row]) -> Verdict {
    of_case(&case(rows), Some("escape"))
}

#[track_caller]
fn says(rows: &[Row], call: Call, reason: &str) {
    let verdict = verdict(rows);
    assert_eq!((verdict.call(), verdict.reason().as_str()), (call, reason));
    assert_eq!(verdict.next().is_some(), call == Call::Inconclusive);
}

#[test]
fn a_port_that_nothing_smaller_comes_near() {
    let rust = ("rust", Rust, Some((20.0, 22.0)));
    says(
        &[rust],
        Call::PortIt,
        "Rust gains 21.0× [20.0, 22.0]; the pair has no smaller step",
    );
    says(
        &[("native", Python, Some((9.4, 9.9))), rust],
        Call::PortIt,
        "Rust gains 21.0× [20.0, 22.0]; the extension for `escape` gains 9.65× [9.40, 9.90], less than half of that",
    );
    // Half of the port and less than the line of worth: not enough for the other reason.
    says(
        &[
            ("numpy", Python, Some((1.5, 1.6))),
            ("rust", Rust, Some((2.2, 2.4))),
        ],
        Call::PortIt,
        "Rust gains 2.30× [2.20, 2.40]; `numpy` gains 1.55× [1.50, 1.60], less than 2×",
    );
    // A parallel port, measured or not, changes nothing about one that is worth it on one core.
    says(
        &[rust, ("rayon", Rust, None)],
        Call::PortIt,
        "Rust gains 21.0× [20.0, 22.0]; the pair has no smaller step",
    );
}

#[test]
fn a_smaller_step_that_is_enough() {
    let rust = ("rust", Rust, Some((20.0, 22.0)));
    says(
        &[("native", Python, Some((11.0, 12.0))), rust],
        Call::ExtensionSuffices,
        "the extension for `escape` gains 11.5× [11.0, 12.0], at least half of Rust's 21.0× [20.0, 22.0]",
    );
    // Of two that are, the one that is less work.
    says(
        &[
            ("native", Python, Some((18.0, 19.0))),
            ("numpy", Python, Some((12.0, 13.0))),
            rust,
        ],
        Call::LibrarySuffices,
        "`numpy` gains 12.5× [12.0, 13.0], at least half of Rust's 21.0× [20.0, 22.0]",
    );
    // A library may beat a port that is not worth it.
    says(
        &[
            ("zlib", Python, Some((30.0, 31.0))),
            ("rust", Rust, Some((0.9, 1.1))),
        ],
        Call::LibrarySuffices,
        "`zlib` gains 30.5× [30.0, 31.0], at least half of Rust's 0.995× [0.900, 1.100]",
    );
    // One that is enough settles it, whatever is unknown of another.
    let verdict = verdict(&[
        ("numpy", Python, None),
        ("native", Python, Some((18.0, 19.0))),
        rust,
    ]);
    assert_eq!(verdict.call(), Call::ExtensionSuffices);
}

#[test]
fn parallel_python_is_compared_with_the_parallel_port() {
    let rust = ("rust", Rust, Some((4.0, 4.2)));
    let processes = ("processes", Python, Some((3.4, 3.6)));
    assert_eq!(verdict(&[processes, rust]).call(), Call::LibrarySuffices);
    assert_eq!(
        verdict(&[processes, rust, ("rayon", Rust, Some((6.0, 6.4)))]).call(),
        Call::LibrarySuffices
    );
    says(
        &[processes, rust, ("rayon", Rust, Some((15.0, 16.0)))],
        Call::PortIt,
        "Rust gains 4.10× [4.00, 4.20]; `processes` gains 3.50× [3.40, 3.60], \
         less than half of the 15.5× [15.0, 16.0] of Rust with rayon",
    );
}

#[test]
fn only_several_cores_make_it_worth_it() {
    let (rust, rayon) = (
        ("rust", Rust, Some((1.2, 1.3))),
        ("rayon", Rust, Some((6.0, 6.4))),
    );
    says(
        &[rust, rayon],
        Call::Parallelism,
        "Rust gains 1.25× [1.20, 1.30], not enough on one core; Rust with rayon gains 6.20× [6.00, 6.40]",
    );
    says(
        &[("threads", Python, Some((0.9, 0.95))), rust, rayon],
        Call::Parallelism,
        "Rust gains 1.25× [1.20, 1.30], not enough on one core; Rust with rayon gains 6.20× [6.00, 6.40]; \
         `threads` is slower, 0.925× [0.900, 0.950]",
    );
    // Parallel Python that comes near is enough.
    let processes = ("processes", Python, Some((4.0, 4.2)));
    assert_eq!(verdict(&[processes, rust, rayon]).call(), Call::LibrarySuffices);
    // And one that may come near leaves it open.
    let processes = ("processes", Python, Some((2.9, 3.3)));
    says(
        &[processes, rust, rayon],
        Call::Inconclusive,
        "`processes` gains 3.09× [2.90, 3.30], which may or may not be half of the 6.20× [6.00, 6.40] of Rust with rayon",
    );
    // The larger one of two speaks.
    let verdict = verdict(&[rust, rayon, ("tokio", Rust, Some((7.0, 8.0)))]);
    assert!(matches!(&verdict.because, Because::OnlyParallel { parallel, .. } if parallel.name == "tokio"));
}

#[test]
fn nothing_that_gains_enough() {
    let rust = ("rust", Rust, Some((0.9, 0.95)));
    says(&[rust], Call::LeaveIt, "Rust is slower, 0.925× [0.900, 0.950]");
    says(
        &[rust, ("rayon", Rust, Some((1.5, 1.7)))],
        Call::LeaveIt,
        "Rust is slower, 0.925× [0.900, 0.950]; of the others Rust with rayon gains 1.60× [1.50, 1.70], all less than 2×",
    );
    says(
        &[("rust", Rust, Some((0.9, 1.1)))],
        Call::LeaveIt,
        "Rust shows no difference, 0.995× [0.900, 1.100]",
    );
    says(
        &[("rust", Rust, Some((1.2, 1.3)))],
        Call::LeaveIt,
        "Rust gains 1.25× [1.20, 1.30], less than 2×",
    );
}

#[test]
fn what_straddles_a_line_is_named() {
    let says_open = |rows: &[Row], reason: &str| says(rows, Call::Inconclusive, reason);
    says_open(
        &[("rust", Rust, Some((1.8, 2.2)))],
        "the interval of Rust, 1.99× [1.80, 2.20], straddles 2×",
    );
    says_open(
        &[
            ("rust", Rust, Some((1.2, 1.3))),
            ("rayon", Rust, Some((1.9, 2.3))),
        ],
        "the interval of Rust with rayon, 2.09× [1.90, 2.30], straddles 2×",
    );
    says_open(
        &[
            ("native", Python, Some((9.0, 12.0))),
            ("rust", Rust, Some((20.0, 22.0))),
        ],
        "the extension for `escape` gains 10.4× [9.0, 12.0], which may or may not be half of Rust's 21.0× [20.0, 22.0]",
    );
    // Near the port, but perhaps not worth it.
    says_open(
        &[
            ("numpy", Python, Some((1.9, 2.1))),
            ("rust", Rust, Some((2.4, 2.5))),
        ],
        "the interval of `numpy`, 2.00× [1.90, 2.10], straddles 2×",
    );
    // The ends themselves lie on no side.
    says_open(
        &[("rust", Rust, Some((2.0, 2.2)))],
        "the interval of Rust, 2.10× [2.00, 2.20], straddles 2×",
    );
    says_open(&[("rust", Rust, None)], "the 5.00× of Rust has no interval yet");
    let lines = Lines::default();
    let gain = |interval| Gain {
        name: "rust".into(),
        kind: Kind::Port,
        ratio: variant(("rust", Rust, interval)).ratio.unwrap(),
    };
    let (known, unknown) = (gain(Some((3.0, 4.0))), gain(None));
    assert_eq!(
        lines.near(&known, &unknown),
        Answer::Open(Obstacle::NoInterval(unknown.clone()))
    );
    assert_eq!(
        lines.near(&unknown, &known),
        Answer::Open(Obstacle::NoInterval(unknown.clone()))
    );
}

#[test]
fn a_gain_on_the_line_is_not_helped_by_more_launches() {
    let next = |low, high| verdict(&[("rust", Rust, Some((low, high)))]).next().unwrap();
    assert!(next(1.8, 2.2).contains("--precision"));
    assert!(next(1.99, 2.01).contains("on the line"));
    let next = |native, rust| {
        let rows = [("native", Python, Some(native)), ("rust", Rust, Some(rust))];
        verdict(&rows).next().unwrap()
    };
    assert!(next((9.0, 12.0), (19.9, 20.1)).contains("--precision"));
    assert!(next((9.9, 10.1), (19.9, 20.1)).contains("on the line"));
}

/// A variant that was not measured and could be the answer leaves it open; one that could not, does not.
#[test]
fn what_is_missing_is_named() {
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

    let failed = without(&[rust], "rust", State::Failed(Fault::Hang { limit_s: 9 }));
    assert_eq!(
        failed.reason(),
        "`rust` failed, and without it nothing can be said"
    );
    assert!(failed.next().unwrap().contains("--test"));
    let waiting = without(&[rust], "rust", State::NotMeasured);
    assert_eq!(
        waiting.reason(),
        "`rust` was not measured, and without it nothing can be said"
    );
    assert_eq!(
        verdict(&[("numpy", Python, Some((9.0, 9.1)))]).reason(),
        "`rust` was not measured, and without it nothing can be said"
    );
}

#[test]
fn the_port_is_rust_or_else_the_first_on_one_core() {
    let port = |rows: &[Row]| Field::of(&case(rows)).ok().map(|field| field.port.name);
    let of = |name| (name, Rust, Some((3.0, 4.0)));
    assert_eq!(
        port(&[of("rayon"), of("other"), of("rust")]).as_deref(),
        Some("rust")
    );
    assert_eq!(
        port(&[of("rayon"), of("other"), of("another")]).as_deref(),
        Some("other")
    );
    assert_eq!(port(&[of("tokio"), of("rayon")]).as_deref(), Some("tokio"));
    // One that stands for the port is not counted as a parallel one again.
    says(
        &[of("tokio")],
        Call::PortIt,
        "Rust with tokio gains 3.46× [3.00, 4.00]; the pair has no smaller step",
    );
}

#[test]
fn a_pair_that_failed_or_waits_is_not_judged() {
    let judged = |change: &dyn Fn(&mut PairRecord)| {
        let mut record = fixture::steady();
        change(&mut record.pairs[0]);
        verdicts(&record).remove(0)
    };
    assert_eq!(judged(&|_| {}).call(), Call::PortIt);
    let fault = || Fault::Hang { limit_s: 9 };
    let failed = judged(&|pair| pair.variants[0].state = VariantState::Failed { fault: fault() });
    assert_eq!(failed.call(), Call::Inconclusive);
    assert!(
        failed.reason().starts_with("the pair failed, and has no ratio: "),
        "{failed:?}"
    );
    let waiting = judged(&|pair| pair.launches.clear());
    assert_eq!(waiting.reason(), "nothing is measured yet");
    assert!(waiting.next().unwrap().contains("--resume"));
}

#[test]
fn a_run_that_is_not_to_be_believed_has_no_verdicts_and_a_doubt_is_said() {
    let record = fixture::steady();
    let summary = summarise_pair(&record.pairs[0]);
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
        // About another size, a note, and what says itself what it leaves open.
        WarningKind::SamplesTooShort.found(vec![at(Some(9))], ""),
        note,
        kind(WarningKind::WideInterval),
    ]);
    assert_eq!(
        verdict.doubts,
        [WarningKind::UnoptimisedInterpreter, WarningKind::DriftingLaunches]
    );
    assert_eq!(verdict.call(), Call::PortIt);
    for kind in DOUBTS {
        assert_ne!(
            doubt(kind),
            doubt(WarningKind::Turbo),
            "{kind:?} has its own words"
        );
    }
}

/// Swapping the sides of a line swaps yes and no; nothing is both.
#[test]
fn lines_are_even() {
    let lines = Lines::default();
    for (low, high) in [(0.1, 0.2), (1.9, 1.99), (1.9, 2.1), (2.01, 9.0)] {
        let gain = |low: f64, high: f64| Gain {
            name: "x".into(),
            kind: Kind::Port,
            ratio: variant(("x", Rust, Some((low, high)))).ratio.unwrap(),
        };
        let mirrored = gain(lines.worth.powi(2) / high, lines.worth.powi(2) / low);
        let (here, there) = (lines.worth(&gain(low, high)), lines.worth(&mirrored));
        assert_eq!(here == Answer::Yes, there == Answer::No, "{low} {high}");
        assert_eq!(here == Answer::No, there == Answer::Yes, "{low} {high}");
    }
}
