//! Every branch of the rules, with made-up intervals.

mod open;

use super::*;
use crate::analyse::summary::VariantSummary;
use crate::documents;
use crate::estimate::{Estimate, over_launches};
use crate::registry::{Kind, Side};

/// Name, side, and the ends of the interval.
type Row = (&'static str, Side, Option<(f64, f64)>);

use Side::{Python, Rust};

fn variant((name, side, interval): Row) -> VariantSummary {
    VariantSummary {
        name: name.into(),
        side,
        kind: Kind::of(name, side),
        state: State::Measured,
        ratio: Some(Estimate {
            value: interval.map_or(5.0, |(low, high): (f64, f64)| (low * high).sqrt()),
            interval,
            launches: 8,
        }),
        logs: Vec::new(),
        widening: 1.0,
        time: None,
        modes: None,
        setup: None,
        launches: 8,
        threads: None,
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
        if_optimised: Vec::new(),
    }
}

fn verdict(rows: &[Row]) -> Verdict {
    of_case(&case(rows), Some("escape"))
}

#[track_caller]
fn check(rows: &[Row], call: Call, reason: &str) {
    let verdict = verdict(rows);
    assert_eq!((verdict.call(), verdict.reason().as_str()), (call, reason));
    assert_eq!(verdict.next().is_some(), call == Call::Inconclusive);
}

#[test]
fn no_smaller_step_comes_near_the_port() {
    let rust = ("rust", Rust, Some((20.0, 22.0)));
    check(
        &[rust],
        Call::PortIt,
        "Rust gains 21.0× [20.0, 22.0]; no smaller step was tried",
    );
    check(
        &[("native", Python, Some((9.4, 9.9))), rust],
        Call::PortIt,
        "Rust gains 21.0× [20.0, 22.0], and 2.17× [2.02, 2.34] beyond the extension for `escape`, which gains 9.65× [9.40, 9.90] \
         and saves 90 % of the time instead of 95 %",
    );
    // A step that is not faster than Python leaves the whole gain to the port.
    check(
        &[("threads", Python, Some((0.9, 1.1))), rust],
        Call::PortIt,
        "Rust gains 21.0× [20.0, 22.0]; `threads` shows no difference, 0.995× [0.900, 1.100]",
    );
    // A parallel port, measured or not, changes nothing if the port is worth it on one core.
    check(
        &[rust, ("rayon", Rust, None)],
        Call::PortIt,
        "Rust gains 21.0× [20.0, 22.0]; no smaller step was tried",
    );
}

#[test]
fn a_smaller_step_that_is_enough() {
    let rust = ("rust", Rust, Some((20.0, 22.0)));
    check(
        &[("native", Python, Some((11.2, 12.0))), rust],
        Call::ExtensionSuffices,
        "the extension for `escape` gains 11.6× [11.2, 12.0] and saves 91 % of the time; Rust gains only 1.81× [1.67, 1.96] beyond that and \
         would save 95 %",
    );
    // Of two steps that are enough, the one that is less work is chosen.
    check(
        &[
            ("native", Python, Some((18.0, 19.0))),
            ("numpy", Python, Some((12.0, 13.0))),
            rust,
        ],
        Call::LibrarySuffices,
        "`numpy` gains 12.5× [12.0, 13.0] and saves 92 % of the time; Rust gains only 1.68× [1.54, 1.83] beyond that and would save 95 %",
    );
    // A library may beat a port that is not worth it.
    check(
        &[
            ("zlib", Python, Some((30.0, 31.0))),
            ("rust", Rust, Some((0.9, 1.1))),
        ],
        Call::LibrarySuffices,
        "`zlib` gains 30.5× [30.0, 31.0] and saves 97 % of the time; Rust is slower than that, 0.995× [0.900, 1.100]",
    );
    // A step that is enough settles the verdict, even if another is unknown.
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
    assert_eq!(verdict(&[processes, rust]).call(), Call::ParallelPythonSuffices);
    assert_eq!(
        verdict(&[processes, rust, ("rayon", Rust, Some((6.0, 6.4)))]).call(),
        Call::ParallelPythonSuffices
    );
    check(
        &[processes, rust, ("rayon", Rust, Some((15.0, 16.0)))],
        Call::PortIt,
        "Rust with rayon gains 15.5× [15.0, 16.0], and 4.43× [4.17, 4.71] beyond `processes`, which gains 3.50× [3.40, 3.60] and \
         saves 71 % of the time instead of 94 %",
    );
}

#[test]
fn only_several_cores_make_it_worth_it() {
    let (rust, rayon) = (
        ("rust", Rust, Some((1.2, 1.3))),
        ("rayon", Rust, Some((6.0, 6.4))),
    );
    check(
        &[rust, rayon],
        Call::Parallelism,
        "Rust gains 1.25× [1.20, 1.30], not enough on one core; Rust with rayon gains 6.20× [6.00, 6.40]",
    );
    check(
        &[("threads", Python, Some((0.9, 0.95))), rust, rayon],
        Call::Parallelism,
        "Rust gains 1.25× [1.20, 1.30], not enough on one core; Rust with rayon gains 6.20× [6.00, 6.40]",
    );
    // Parallel Python that comes near the port is enough.
    let processes = ("processes", Python, Some((4.0, 4.2)));
    assert_eq!(
        verdict(&[processes, rust, rayon]).call(),
        Call::ParallelPythonSuffices
    );
    // If it is not clear whether it comes near, the verdict is open.
    let processes = ("processes", Python, Some((2.9, 3.3)));
    check(
        &[processes, rust, rayon],
        Call::Inconclusive,
        "Rust with rayon gains 6.20× [6.00, 6.40], and 2.00× [1.82, 2.21] beyond `processes`, which gains 3.09× [2.90, 3.30] and \
         saves 68 % of the time instead of 84 %: the interval straddles 2×",
    );
    // Of two parallel ports the larger counts.
    let verdict = verdict(&[rust, rayon, ("tokio", Rust, Some((7.0, 8.0)))]);
    assert!(
        matches!(&verdict.because, Because::OnlyParallel { parallel, .. } if parallel.port.name == "tokio")
    );
}

#[test]
fn no_variant_gains_enough() {
    let rust = ("rust", Rust, Some((0.9, 0.95)));
    check(&[rust], Call::LeaveIt, "Rust is slower, 0.925× [0.900, 0.950]");
    check(
        &[rust, ("rayon", Rust, Some((1.5, 1.7)))],
        Call::LeaveIt,
        "Rust is slower, 0.925× [0.900, 0.950]; of the others Rust with rayon gains 1.60× [1.50, 1.70], all less than 2×",
    );
    check(
        &[("rust", Rust, Some((0.9, 1.1)))],
        Call::LeaveIt,
        "Rust shows no difference, 0.995× [0.900, 1.100]",
    );
    check(
        &[("rust", Rust, Some((1.2, 1.3)))],
        Call::LeaveIt,
        "Rust gains 1.25× [1.20, 1.30], less than 2×",
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
    // A parallel variant that serves as the port is not counted as a parallel port again.
    check(
        &[of("tokio")],
        Call::PortIt,
        "Rust with tokio gains 3.46× [3.00, 4.00]; no smaller step was tried",
    );
}

/// A port just above 2× is not worth it if a step gains nearly as much, nor is there a jump when the step passes 2×.
#[test]
fn there_is_no_cliff_at_the_threshold() {
    for native in [(1.96, 1.98), (1.99, 2.01), (2.02, 2.04)] {
        for rust in [(1.95, 1.97), (2.04, 2.06), (2.2, 2.3)] {
            let verdict = verdict(&[("native", Python, Some(native)), ("rust", Rust, Some(rust))]);
            assert_eq!(verdict.call(), Call::ExtensionSuffices, "{native:?} {rust:?}");
        }
    }
    // A step that gains little is no answer, and leaves too little to the port.
    check(
        &[
            ("uvloop", Python, Some((1.25, 1.3))),
            ("rust", Rust, Some((2.1, 2.2))),
        ],
        Call::LeaveIt,
        "Rust gains 2.15× [2.10, 2.20], and 1.69× [1.62, 1.76] beyond `uvloop`, which gains 1.27× [1.25, 1.30] and saves 22 % of \
         the time instead of 53 %, less than 2×",
    );
}

/// What both sides share in a launch cancels.
#[test]
fn what_a_port_gains_beyond_a_step_is_paired_by_launch() {
    let gain = |name: &str, logs: &[(u32, f64)]| Gain {
        name: name.into(),
        kind: Kind::Port,
        ratio: over_launches(&logs.iter().map(|(_, log)| *log).collect::<Vec<_>>()).unwrap(),
        logs: logs.to_vec(),
        widening: 1.0,
    };
    let shared = [0.3, -0.2, 0.1, 0.25, -0.3, 0.05, -0.1, 0.2];
    let logs = |own: f64| {
        (0..8)
            .map(|at| (at, own + shared[at as usize]))
            .collect::<Vec<_>>()
    };
    let (step, port) = (gain("native", &logs(1.0)), gain("rust", &logs(1.5)));
    let beyond = port.beyond(&step);
    assert!((beyond.value - 0.5_f64.exp()).abs() < 1e-9);
    let (low, high) = beyond.interval.unwrap();
    assert!(high / low < 1.0 + 1e-9, "{low} {high}");
    // Launches without the step cannot be paired.
    let elsewhere = gain(
        "native",
        &logs(1.0)
            .iter()
            .map(|(at, log)| (at + 8, *log))
            .collect::<Vec<_>>(),
    );
    let (low, high) = port.beyond(&elsewhere).interval.unwrap();
    assert!(high / low > 2.0, "{low} {high}");
}

/// Swapping the sides of a threshold swaps yes and no; nothing is both.
#[test]
fn thresholds_are_symmetric() {
    let lines = Lines::default();
    for (low, high) in [(0.1, 0.2), (1.9, 1.99), (1.9, 2.1), (2.01, 9.0)] {
        let gain = |low: f64, high: f64| Gain {
            name: "x".into(),
            kind: Kind::Port,
            ratio: variant(("x", Rust, Some((low, high)))).ratio.unwrap(),
            logs: Vec::new(),
            widening: 1.0,
        };
        let mirrored = gain(lines.worth.powi(2) / high, lines.worth.powi(2) / low);
        let (here, there) = (lines.worth(&gain(low, high).ratio), lines.worth(&mirrored.ratio));
        assert_eq!(here == Decision::Yes, there == Decision::No, "{low} {high}");
        assert_eq!(here == Decision::No, there == Decision::Yes, "{low} {high}");
    }
}

#[test]
fn the_page_has_every_verdict_and_the_threshold() {
    let section = documents::section("how-to-read.md", "Verdicts");
    for call in Call::ALL {
        assert!(section.contains(&format!("| *{call}* |")), "{call}");
    }
    assert!(section.contains(&format!("**One line, {}×.**", Lines::default().worth)));
    assert!(section.contains(&format!("**{:.2}×**", Lines::default().step())));
}

#[test]
fn the_pages_have_the_range_by_which_an_optimised_interpreter_is_faster() {
    let range = format!("{} to {} times as fast", optimised::FASTER.0, optimised::FASTER.1);
    for page in ["how-to-read.md", "which-python.md"] {
        let text = documents::read(page);
        assert!(text.contains(&range), "{page}: {range}");
    }
}
