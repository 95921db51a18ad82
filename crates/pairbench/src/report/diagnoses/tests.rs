//! The sections of the diagnosers.

use super::{of_run, sections};
use crate::analyse::boundary::{IN_PYTHON, LOOP};
use crate::analyse::matrix::Matrix;
use crate::analyse::{analyses, read};
use crate::diagnose::Diagnoser;
use crate::diagnose::boundary::{Boundary, Crossing};
use crate::diagnose::build::BuildTimes;
use crate::diagnose::memory::{Counts, VariantMemory};
use crate::diagnose::profile::{CallProfile, FunctionShare};
use crate::diagnose::scaling::{Point, VariantScaling};
use crate::diagnose::turnaround::StartUp;
use crate::record::fixture::steady;
use crate::record::{Further, NativeModule, Record};
use crate::registry::Variant;

/// The words of a page, without its elements.
fn words(html: &str) -> String {
    let mut text = String::new();
    let mut inside = false;
    for c in html.chars() {
        match c {
            '<' => (inside, text) = (true, text + " "),
            '>' => inside = false,
            c if !inside => text.push(c),
            _ => {}
        }
    }
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn page(record: &Record) -> String {
    let views = std::slice::from_ref(record);
    let own = analyses(views, &read(views));
    words(&sections(&own[0].pairs[0], &Matrix::of(&own)).into_string())
}

fn around(middle: f64) -> Vec<f64> {
    (0..7).map(|k| middle * (1.0 + 0.01 * f64::from(k - 3))).collect()
}

#[test]
fn diagnosers_that_did_not_run_have_no_section() {
    let record = steady();
    let text = page(&record);
    assert!(text.contains("The sources in numbers"), "{text}");
    for words in [
        "With more workers",
        "before the first answer",
        "Failed diagnosers",
    ] {
        assert!(!text.contains(words), "{words}: {text}");
    }
    assert_eq!(words(&of_run::sections(&[&record]).into_string()), "");
}

#[test]
fn a_build_is_compared_with_what_a_run_saves() {
    let mut record = steady();
    record.pairs[0].diagnoses.start_up = Some(StartUp {
        interpreter: around(0.02),
        import: around(0.03),
        python_first_call: around(0.06),
        process: around(0.005),
        rust_first_call: around(0.005),
    });
    let text = page(&record);
    for words in [
        "A run in Rust saves 100 ms.",
        "cargo bench -- --diagnose turnaround steady",
        "110 ms",
        "10.0 ms",
    ] {
        assert!(text.contains(words), "{words}: {text}");
    }
    record.diagnoses.build = Some(BuildTimes {
        package: "pairs".into(),
        pairs: 2,
        clean_s: 50.0,
        incremental_s: [("a", 8.0), ("b", 10.0), ("c", 9.0)]
            .map(|(name, s)| (name.into(), s))
            .into(),
        packages: 40,
    });
    let text = page(&record);
    // 9 s ÷ 100 ms; 8 s ÷ 103 ms to 10 s ÷ 97 ms.
    for words in [
        "for compiling a change (9.00 s) after 90 runs (78 to 104)",
        "for a clean build (50.0 s, 40 packages) after 500 runs",
    ] {
        assert!(text.contains(words), "{words}: {text}");
    }
    let index = words(&of_run::sections(&[&record]).into_string());
    for words in [
        "Clean build 40 50.0 s",
        "After a change to b 1 10.0 s",
        "( pairs , with 2 pairs)",
    ] {
        assert!(index.contains(words), "{words}: {index}");
    }
}

#[test]
fn curves_have_a_chart_a_table_and_a_law() {
    let mut record = steady();
    record.machine.cores = 2;
    record.pairs[0].variants[1].name = "rayon".into();
    let scaling = |variant: &str, times: [f64; 3]| VariantScaling {
        variant: variant.into(),
        points: (1..=3)
            .zip(times)
            .map(|(workers, time)| Point {
                workers,
                seconds: around(time),
            })
            .collect(),
    };
    record.pairs[0].diagnoses.scaling = vec![
        scaling(Variant::BASELINE, [0.02; 3]),
        scaling("rayon", [0.001, 0.00052, 0.00053]),
    ];
    let views = std::slice::from_ref(&record);
    let own = analyses(views, &read(views));
    let html = sections(&own[0].pairs[0], &Matrix::of(&own)).into_string();
    assert!(
        html.contains("aria-label=\"Speed-up against the number of workers for rayon"),
        "{html}"
    );
    let text = words(&html);
    for words in [
        "on 2 cores",
        "3 past the cores",
        "1.92×",
        "2.0 %",
        "1.0 %",
        "not testable",
        "separates κ from σ",
    ] {
        assert!(text.contains(words), "{words}: {text}");
    }
}

#[test]
fn the_boundary_is_in_words_and_by_type() {
    let mut record = steady();
    let crossing = |argument: &str, points: &[(u64, f64)]| Crossing {
        argument: argument.into(),
        points: points.iter().map(|(n, ns)| (*n, around(ns * 1e-9))).collect(),
    };
    record.diagnoses.boundary = Some(Boundary {
        crossings: vec![
            crossing(LOOP, &[(0, 10.0)]),
            crossing(IN_PYTHON, &[(0, 60.0)]),
            crossing("float", &[(1, 72.0)]),
            crossing("str", &[(1, 80.0), (10, 80.0), (100, 80.0), (1000, 80.0)]),
            crossing(
                "list of float",
                &[(1, 110.0), (10, 200.0), (100, 1100.0), (1000, 10100.0)],
            ),
        ],
    });
    record.diagnoses.skip(Diagnoser::Build, "no compiler");
    let text = words(&of_run::sections(&[&record]).into_string());
    for words in [
        "A hot loop whose body takes less than 62.0 ns",
        "does nothing costs 50.0 ns a call",
        "list of float 100 ns 97.0 – 103 ns 10.0 ns",
        "str 70.0 ns 67.9 – 72.1 ns nothing below 0.00 ns",
        "build : no compiler.",
    ] {
        assert!(text.contains(words), "{words}: {text}");
    }
}

#[test]
fn what_interpreters_do_differently_is_side_by_side() {
    let mut record = steady();
    let profile = |name: &str| CallProfile {
        variant: Variant::BASELINE.into(),
        calls: 9,
        ticks: 100,
        freeing: None,
        seconds: 1.0,
        functions: vec![FunctionShare {
            name: name.into(),
            own: 0.75,
            total: 0.75,
            ..FunctionShare::default()
        }],
        replaced: None,
    };
    let mut further = Further {
        interpreter: record.interpreter.clone(),
        native: NativeModule::NotNeeded,
        pairs: record.pairs.clone(),
    };
    further.interpreter.version = "3.15.2".into();
    further.interpreter.executable = "/usr/bin/python3.15".into();
    record.pairs[0].diagnoses.profiles = vec![profile("here")];
    let both = |further: Further| {
        let record = Record {
            further: vec![further],
            ..record.clone()
        };
        let views = record.into_views();
        let all = analyses(&views, &read(&views));
        words(&sections(&all[0].pairs[0], &Matrix::of(&all)).into_string())
    };
    // With a single interpreter the other sections show everything.
    assert!(!both(further.clone()).contains("What each interpreter does"));
    further.pairs[0].diagnoses.profiles = vec![profile("there")];
    further.pairs[0].diagnoses.memory = vec![VariantMemory {
        variant: Variant::BASELINE.into(),
        counts: Some(Counts {
            allocations: 1_234,
            reallocations: 0,
            bytes: 9,
            peak: 9,
        }),
        ..VariantMemory::default()
    }];
    let text = both(further);
    for words in [
        "What each interpreter does in python",
        "CPython 3.11.7 here 75 % – –",
        "CPython 3.15.2 there 75 % 1,234 –",
    ] {
        assert!(text.contains(words), "{words}: {text}");
    }
}
