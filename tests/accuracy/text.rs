//! Verdicts as criterion 0.8.2 and pyperf 2.10.0 print them.

use crate::report::text::{Change, Comparison, criterion, pyperf};

const FIRST: &str = "Benchmarking hash_map\nBenchmarking hash_map: Warming up for 1.5000 s\n\
    hash_map                time:   [2.1345 ms 2.1501 ms 2.1672 ms]\n\
    Found 4 outliers among 100 measurements (4.00%)\n  3 (3.00%) high mild\n  1 (1.00%) high severe\n";

fn second(change: &str, verdict: &str) -> String {
    format!(
        "{FIRST}hash_map                time:   [2.1345 ms 2.1501 ms 2.1672 ms]\n\
         {:24}change: [{change}] (p = 0.00 < 0.05)\n{:24}{verdict}\n",
        "", ""
    )
}

#[test]
fn criterion_verdicts() {
    assert_eq!(criterion(FIRST), Ok(None));
    for (change, verdict, interval, comparison) in [
        (
            "+1.2000% +2.0000% +2.9000%",
            "Performance has regressed.",
            (0.012, 0.029),
            Comparison::Slower,
        ),
        (
            "−3.5000% −2.0000% −1.1000%",
            "Performance has improved.",
            (-0.035, -0.011),
            Comparison::Faster,
        ),
        (
            "-0.9000% -0.7000% -0.5000%",
            "Change within noise threshold.",
            (-0.009, -0.005),
            Comparison::Neither,
        ),
        (
            "-0.9000% +0.1000% +1.5000%",
            "No change in performance detected.",
            (-0.009, 0.015),
            Comparison::Neither,
        ),
    ] {
        let Change {
            interval: (low, high),
            comparison: read,
        } = criterion(&second(change, verdict)).unwrap().unwrap();
        assert!((low - interval.0).abs() < 1e-12 && (high - interval.1).abs() < 1e-12);
        assert_eq!(read, comparison, "{verdict}");
        assert_eq!(read.alarms(), comparison != Comparison::Neither);
    }
}

#[test]
fn what_criterion_never_printed_is_an_error_and_no_verdict() {
    for printed in [
        second("+1.0% +2.0%", "Performance has regressed."),
        second("a b c", "Performance has regressed."),
        second("+1.0% +2.0% +3.0%", "Performance is what it is."),
        "change: [+1.0% +2.0% +3.0%".into(),
    ] {
        assert!(criterion(&printed).is_err(), "{printed}");
    }
}

#[test]
fn pyperf_verdicts() {
    let line = "Mean +- std dev: [base] 1.54 ms +- 0.02 ms -> [now] 1.57 ms +- 0.02 ms: 1.02x";
    for (printed, comparison) in [
        (
            format!("{line} slower\nSignificant (t=-8.12)\n"),
            Comparison::Slower,
        ),
        (
            format!("{line} faster\nSignificant (t=8.12)\n"),
            Comparison::Faster,
        ),
        (format!("{line} slower\nNot significant!\n"), Comparison::Neither),
        (
            "Mean +- std dev: [a] 1.5 ms +- 0.0 ms -> [b] 1.5 ms +- 0.0 ms: no change\nNot significant!\n"
                .into(),
            Comparison::Neither,
        ),
    ] {
        assert_eq!(pyperf(&printed), Ok(comparison));
    }
    assert!(pyperf("").is_err());
    assert!(
        pyperf(&format!("{line} slower\n")).is_err(),
        "without its verdict"
    );
    assert!(pyperf("Significant (t=1.00)").is_err());
}
