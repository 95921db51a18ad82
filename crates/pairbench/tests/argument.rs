//! A report over a whole catalogue: the argument as a chart, the eight claims, verdicts, and descriptions of pairs.
#![cfg(feature = "harness")]
#![allow(missing_docs)]

mod report_data;

use pairbench::analyse::Analysis;
use pairbench::analyse::verdict::{Call, Verdict};
use pairbench::record::{Record, VariantState};
use pairbench::registry::Profile;
use report_data::catalogue::catalogue;
use report_data::pages::{rendered, text_of};
use report_data::{Extent, large};

const EXTENT: Extent = Extent {
    launches: 8,
    sample_pairs: 8,
    all_sizes: false,
};

/// The index as HTML and as text.
fn index(record: &Record) -> (String, String) {
    let page = rendered(std::slice::from_ref(record)).remove(0).1;
    let text = text_of(&page);
    (page, text)
}

fn between<'a>(text: &'a str, from: &str, to: &str) -> &'a str {
    let start = text.find(from).unwrap_or_else(|| panic!("{from:?} in {text}"));
    let rest = &text[start..];
    &rest[..rest.find(to).unwrap_or_else(|| panic!("{to:?} after {from:?}"))]
}

#[test]
fn the_index_opens_with_the_argument() {
    let record = catalogue(EXTENT);
    let (page, text) = index(&record);
    let order = [
        "One hot loop, or a flat profile?",
        "The argument, claim by claim",
        "Python, each smaller step, the port",
        "All pairs",
    ];
    let places: Vec<usize> = order.iter().map(|heading| text.find(heading).unwrap()).collect();
    assert!(places.is_sorted(), "{places:?}");

    let section = between(&text, order[0], order[1]);
    // 22 pairs with a profile are in the chart and in the table; the one without is named.
    assert!(
        section.contains("Not in the chart, for lack of a measured profile: timers."),
        "{section}"
    );
    assert!(section.contains("gained on 22 pairs"), "{section}");
    for pair in record.pairs.iter().filter(|pair| pair.name != "timers") {
        assert!(section.contains(&pair.name), "{}", pair.name);
    }
    // A share of 36 % of 1,020 ticks has an interval; the ceiling of a share of 38 % is 1 ÷ 0.62.
    assert!(
        section.contains("binary_trees ¦ 36 % | 33 – 39 % ¦ 1.61× | 1.54 – 1.70×"),
        "{section}"
    );
    // Both charts have the numbers of all pairs, and a mark for each port and each extension.
    let chart = between(&page, "id=\"argument\"", "id=\"claims\"");
    for number in 1..=22 {
        let drawn = chart.matches(&format!("\n{number}\n</text>")).count();
        assert_eq!(drawn, 2, "number {number}");
    }
    let (ports, extensions) = (
        chart.matches("<circle").count(),
        chart.matches("<polygon").count(),
    );
    assert_eq!(ports, 2 * 22 + 1, "and one in the legend");
    assert_eq!(extensions, 2 * 12 + 1);
}

#[test]
fn without_profiles_the_index_shows_how_to_get_them() {
    let mut record = catalogue(EXTENT);
    for pair in &mut record.pairs {
        pair.diagnoses.profiles.clear();
    }
    let (_, text) = index(&record);
    assert!(text.contains("cargo bench -- --diagnose profile"), "{text}");
    assert!(!text.contains("Not in the chart"));
}

#[test]
fn a_pair_with_a_profile_and_no_ratio_is_named_too() {
    let mut record = catalogue(EXTENT);
    let hashing = record
        .pairs
        .iter_mut()
        .find(|pair| pair.name == "hashing")
        .unwrap();
    hashing.launches.clear();
    let (_, text) = index(&record);
    assert!(
        text.contains("Not in the chart, for lack of a ratio: hashing."),
        "{text}"
    );
}

#[test]
fn very_many_pairs_are_drawn_without_numbers() {
    let mut record = large(
        60,
        Extent {
            launches: 3,
            sample_pairs: 4,
            all_sizes: false,
        },
    );
    let profiled = catalogue(EXTENT).pairs.remove(0).diagnoses;
    for pair in &mut record.pairs {
        pair.diagnoses = profiled.clone();
    }
    let (page, _) = index(&record);
    let chart = between(&page, "id=\"argument\"", "id=\"claims\"");
    assert!(chart.contains("The numbers in this chart") && !chart.contains("\n60\n</text>"));
    assert!(chart.contains(">60<"), "the table has them");
}

#[test]
fn every_claim_has_a_result_and_evidence() {
    let record = catalogue(EXTENT);
    let (_, text) = index(&record);
    let claims = between(
        &text,
        "The argument, claim by claim",
        "Python, each smaller step, the port",
    );
    let rows: Vec<&str> = (1..=8)
        .map(|number| {
            let from = format!("¦ {number}. ");
            match number {
                8 => &claims[claims.find(&from).unwrap()..],
                _ => between(claims, &from, &format!("¦ {}. ", number + 1)),
            }
        })
        .collect();
    let results = [
        "holds",
        "holds",
        "holds",
        "holds",
        "not tested here",
        "holds",
        "mixed",
        "not tested here",
    ];
    for (row, result) in rows.iter().zip(results) {
        assert!(row.contains(&format!("¦ {result} ¦")), "{result}: {row}");
    }
    assert!(rows[0].contains("library bound 2 of 5"), "{}", rows[0]);
    assert!(
        rows[3].contains("Allocations per call, Python and Rust: binary_trees "),
        "{}",
        rows[3]
    );
    assert!(
        rows[4].contains("One interpreter was measured, CPython 3.11.7"),
        "{}",
        rows[4]
    );
    assert!(rows[6].contains("web_handler 1."), "{}", rows[6]);
}

/// A claim that the data contradict has a badge like one that holds, and the evidence in its row.
#[test]
fn a_claim_that_the_data_contradict_is_shown_as_contradicted() {
    let mut record = catalogue(EXTENT);
    // Flat pairs whose extension gains as much as the port.
    for pair in record
        .pairs
        .iter_mut()
        .filter(|pair| pair.profile == Profile::Flat)
    {
        for launch in &mut pair.launches {
            let rust = launch
                .comparisons
                .iter()
                .find(|c| c.variant == "rust")
                .unwrap()
                .clone();
            let native = launch
                .comparisons
                .iter_mut()
                .find(|c| c.variant == "native")
                .unwrap();
            native.baseline_samples = rust.baseline_samples;
            native.variant_samples = rust.variant_samples;
        }
    }
    let (page, text) = index(&record);
    let claims = between(&text, "¦ 4. ", "¦ 5. ");
    assert!(claims.contains("¦ fails ¦"), "{claims}");
    assert!(
        claims.contains("5 of 5 gain a third of the port's gain or more with the extension"),
        "{claims}"
    );
    let badge = |word: &str| {
        let end = page.find(&format!("\">{word}</span>")).unwrap();
        page[..end].rsplit_once("class=\"").unwrap().1.to_string()
    };
    assert_eq!(
        (badge("holds"), badge("fails")),
        ("badge good".into(), "badge bad".into())
    );
}

#[test]
fn the_table_is_by_profile_and_has_every_verdict() {
    let record = catalogue(EXTENT);
    let (_, text) = index(&record);
    let table = between(&text, "¦ Pair ¦ Verdict", "Geometric mean over");
    let headings = [
        "Hot loop: ",
        "Flat: ",
        "Parallel: ",
        "Concurrent: ",
        "Library-bound: ",
    ];
    let places: Vec<usize> = headings
        .iter()
        .map(|heading| table.find(heading).unwrap())
        .collect();
    assert!(places.is_sorted(), "{places:?}");
    let analysis = Analysis::of(&record);
    let verdicts: Vec<&Verdict> = analysis.pairs.iter().map(|one| one.verdict()).collect();
    for verdict in &verdicts {
        let row = table
            .lines()
            .find(|line| line.starts_with(&format!("¦ {} ¦", verdict.pair)))
            .unwrap_or_else(|| panic!("a row of {}", verdict.pair));
        assert!(row.contains(&verdict.call().to_string()), "{row}");
        let reason = verdict.reason().replace('`', "");
        assert!(row.contains(&reason[1..]), "{row} lacks {reason}");
    }
    let of = |name: &str| {
        verdicts
            .iter()
            .find(|verdict| verdict.pair == name)
            .unwrap()
            .call()
    };
    for (name, call) in [
        ("binary_trees", Call::PortIt),
        ("edit_distance", Call::ExtensionSuffices),
        ("checksum", Call::LibrarySuffices),
        ("echo", Call::Parallelism),
        ("compression", Call::LeaveIt),
        ("merge_sort", Call::Inconclusive),
    ] {
        assert_eq!(of(name), call, "{name}");
    }
    // How many of each, and which of them other thresholds would change.
    assert!(
        text.contains("port it 11\nan extension suffices 5\na library suffices 2\n"),
        "{text}"
    );
    let lines = between(
        &text,
        "Other thresholds would change these verdicts",
        "Record and environment",
    );
    assert!(
        lines.contains("3×: ") && lines.contains("sort_records (leave it)"),
        "{lines}"
    );
}

#[test]
fn a_pairs_page_has_its_verdict_and_description() {
    let mut record = catalogue(EXTENT);
    record.pairs.truncate(2);
    record.pairs[1].variants[1].state = VariantState::Skipped {
        reason: "no module named zlib".into(),
    };
    let pages = rendered(&[record]);
    let page = |name: &str| &pages.iter().find(|(known, _)| known.contains(name)).unwrap().1;
    let text = text_of(page("binary_trees"));
    assert!(text.contains("port it Rust gains 2"), "{text}");
    assert!(text.contains("the extension for check is slower"), "{text}");
    assert!(
        text.contains("Who meets it: nightly jobs, services, and readers of *a book* about it."),
        "{text}"
    );
    assert!(
        page("binary_trees")
            .contains("into <code>the loop</code> and not into <code>a &lt;b&gt;tag&lt;/b&gt;</code>."),
        "code as code, and no element from a source"
    );
    // An extension suffices there; the skipped variant could only be a smaller step.
    assert!(text_of(page("checksum")).contains("an extension suffices The extension for adler gains"));
}
