//! Reports by their text: a kept record against golden files, hostile input, and well-formed pages.
//!
//! `UPDATE_GOLDEN=1 cargo test -p pairbench --test report` rewrites the golden files; read the diff before committing it.
#![cfg(feature = "harness")]
#![allow(missing_docs)]

mod report_data;

use pairbench::analyse::{analyses, read};
use pairbench::compare::{History, Named, changes};
use pairbench::record::{Record, Status, VariantState, views};
use pairbench::registry::Floor;
use pairbench::report::{Report, render};
use report_data::interpreters::{cpython, several, with};
use report_data::pages::{Piece, pages, pieces, rendered, text_of};
use report_data::{Extent, hostile, large, quicken, realistic};
use std::collections::HashSet;
use std::path::{Path, PathBuf};

const SMALL: Extent = Extent {
    launches: 4,
    sample_pairs: 4,
    all_sizes: false,
};

fn golden() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden")
}

fn updating() -> bool {
    std::env::var_os("UPDATE_GOLDEN").is_some()
}

/// The kept record: written once by the first schema and never rewritten, so that old records stay readable.
fn kept_record() -> Record {
    let text = std::fs::read_to_string(golden().join("record-v1.json")).expect("tests/golden/record-v1.json");
    serde_json::from_str(&text).expect("a record of schema 1")
}

/// Makes the kept record. Run once per version of the schema.
#[test]
#[ignore = "writes tests/golden/record-v1.json"]
fn keep_a_record() {
    let mut record = realistic(SMALL);
    record.status = Status::OutOfTime;
    record.pairs.drain(..3);
    record.pairs[0].variants[1].state = VariantState::Skipped {
        reason: "no module named numpy; pip install -r python/requirements.txt".into(),
    };
    for pair in &mut record.pairs {
        pair.sources.rust = pair
            .sources
            .rust
            .lines()
            .take(20)
            .map(|line| format!("{line}\n"))
            .collect();
        pair.sources.python = pair
            .sources
            .python
            .lines()
            .take(12)
            .map(|line| format!("{line}\n"))
            .collect();
    }
    record.pairs.extend(hostile());
    let text = serde_json::to_string(&record).unwrap();
    std::fs::write(golden().join("record-v1.json"), text + "\n").unwrap();
}

/// The same for the third schema, which has several interpreters: two pairs, part one of two.
#[test]
#[ignore = "writes tests/golden/record-v3.json"]
fn keep_a_record_of_several_interpreters() {
    let mut record = several(SMALL);
    let kept = |pair: &pairbench::record::PairRecord| pair.name == "monte_carlo" || pair.name == "word_count";
    record.pairs.retain(kept);
    for further in &mut record.further {
        further.pairs.retain(kept);
    }
    for pair in &mut record.pairs {
        for text in [&mut pair.sources.rust, &mut pair.sources.python] {
            *text = text.lines().take(12).map(|line| format!("{line}\n")).collect();
        }
    }
    record.settings.shard = Some(pairbench::record::Shard { part: 1, of: 2 });
    let text = serde_json::to_string(&record).unwrap();
    std::fs::write(golden().join("record-v3.json"), text + "\n").unwrap();
}

/// The kept record as the baseline run, and a later run: one variant slower, one skipped, one pair gone and one new, one
/// floor violated and one held, another build of the interpreter.
fn two_runs() -> (Record, Record) {
    let baseline = kept_record();
    let mut later = baseline.clone();
    later.id = "20260315T080000Z-late".into();
    later.started = "2026-03-15T08:00:00Z".into();
    later.interpreter.version = "3.11.9".into();
    for pair in &mut later.pairs {
        let rust = pair
            .launches
            .iter_mut()
            .flat_map(|launch| &mut launch.comparisons);
        for comparison in rust.filter(|comparison| comparison.variant == "rust") {
            comparison
                .variant_samples
                .ns
                .iter_mut()
                .for_each(|ns| *ns += *ns / 3);
        }
        pair.floors = [("rust", 2.0), ("rayon", 1e6)]
            .into_iter()
            .filter(|(variant, _)| pair.variants.iter().any(|known| known.name == *variant))
            .map(|(variant, at_least)| Floor {
                variant: variant.into(),
                at_least,
            })
            .collect();
        pair.sources.python.push_str("# changed\n");
    }
    let gone = later
        .pairs
        .iter()
        .position(|pair| pair.name == "mandelbrot")
        .unwrap();
    later.pairs[gone].name = "mandelbrot_anew".into();
    let other = later
        .pairs
        .iter_mut()
        .find(|pair| pair.name == "word_count")
        .unwrap();
    other.variants.last_mut().unwrap().state = VariantState::Skipped {
        reason: "no <module> & none".into(),
    };
    (baseline, later)
}

fn compared((baseline, later): (Record, Record)) -> Vec<(String, String)> {
    let folder = tempfile::tempdir().unwrap();
    let records = [baseline, later];
    let views = views(&records);
    let all = analyses(&views, &read(&records));
    let own = records[0].interpreters();
    let named = |analyses, name| Named { analyses, name };
    let report = Report {
        records: &records[1..],
        analyses: &all[own..],
        changes: changes(named(&all[..own], Some("main")), named(&all[own..], None), None),
        history: History::of(&all),
    };
    report.write(folder.path()).unwrap();
    pages(folder.path())
}

/// The two runs with further interpreters; each run has one that the other lacks.
fn two_runs_of_several() -> (Record, Record) {
    let (baseline, later) = two_runs();
    (
        with(baseline, &[cpython("3.13.1", 0.88), cpython("3.9.18", 1.31)]),
        with(later, &[cpython("3.14.0", 0.8), cpython("3.13.2", 0.88)]),
    )
}

#[test]
fn pages_of_the_kept_record_match_the_golden_files() {
    for (name, page) in rendered(&[kept_record()]) {
        let file = name.replace('/', "-").replace(".html", ".txt");
        matches_golden(&file, &text_of(&page));
    }
}

fn every_page() -> Vec<(String, String)> {
    let mut pages = rendered(&[kept_record()]);
    pages.append(&mut compared(two_runs()));
    pages.append(&mut rendered(&[several(SMALL)]));
    pages.append(&mut compared(two_runs_of_several()));
    pages
}

/// The sections that several interpreters add to the index and to the pages of pairs.
#[test]
fn sections_of_several_interpreters_match_the_golden_file() {
    let pages = rendered(&[several(SMALL)]);
    let of = |page: &str| {
        let (_, html) = pages.iter().find(|(name, _)| name == page).unwrap();
        let begin = html.find("<section aria-labelledby=\"interpreters\">").unwrap();
        let length = html[begin..].find("</section>").unwrap() + "</section>".len();
        text_of(&format!("<!DOCTYPE html>{}", &html[begin..begin + length]))
    };
    let parts = [
        "index.html",
        "pairs/monte_carlo.html",
        "pairs/word_count.html",
        "pairs/mandelbrot.html",
    ];
    let sections = parts.map(|page| format!("== {page}\n{}", of(page)));
    matches_golden("interpreters.txt", &sections.join("\n"));
}

/// The table has a word or a number in every cell, and the index names the interpreter of its other figures.
#[test]
fn no_cell_is_empty() {
    let pages = rendered(&[several(SMALL)]);
    let index = &pages[0].1;
    let table = &index[index.find("<table class=\"breakage\"").unwrap()..];
    let body = &table[table.find("<tbody>").unwrap()..table.find("</tbody>").unwrap()];
    let count = |class: &str| body.matches(&format!("<td class=\"{class}\">")).count();
    let counts = ["ratio", "warning", "failed", "skipped", "missing"].map(count);
    assert_eq!(counts, [18, 1, 1, 0, 4], "{body}");
    assert_eq!(body.matches("<td").count(), 24);
    assert!(!body.contains("\"></td>"), "{body}");
    let text = text_of(index);
    assert!(
        text.contains("are for CPython 3.11.7, the first interpreter selected"),
        "{text}"
    );
    // With one interpreter there is no such table, and no mention of others.
    let one = text_of(&rendered(&[realistic(SMALL)])[0].1);
    assert!(
        !one.contains("Every Python") && !one.contains("tables are for"),
        "{one}"
    );
}

/// Plain Python on another interpreter is a smaller step too.
#[test]
fn other_interpreters_are_rungs_of_the_ladder() {
    let pages = rendered(&[several(SMALL)]);
    let (_, page) = pages
        .iter()
        .find(|(name, _)| name.contains("mandelbrot"))
        .unwrap();
    let text = text_of(page);
    let chart = text
        .lines()
        .find(|line| line.starts_with("[chart: From Python at 1×"))
        .expect("a ladder");
    // The releases are faster by 1 ÷ 1.31, 1 ÷ 0.88 and 1 ÷ 0.09.
    let place = |start: &str| chart.find(start).unwrap_or_else(|| panic!("{start}: {chart}"));
    let places = [
        "CPython 3.9.18 0.76",
        "CPython 3.13.1 1.1",
        "PyPy",
        "native ",
        "rust ",
    ]
    .map(place);
    assert!(places.is_sorted(), "{chart}");
    assert!(
        text.contains("A runtime is the same Python on another interpreter"),
        "{text}"
    );
}

/// Threads with and without the GIL, in one chart and in tables side by side, on the page of one interpreter.
#[test]
fn curves_with_and_without_a_gil_share_a_chart() {
    let pages = rendered(&[several(SMALL)]);
    let page = &pages
        .iter()
        .find(|(name, _)| name.contains("monte_carlo"))
        .unwrap()
        .1;
    let text = text_of(page);
    let section = &text[text.find("With more workers").unwrap()..];
    let chart = "[chart: Speed-up against the number of workers for threads, threads, no GIL with CPython 3.11.7 and CPython \
                 3.13.1t;";
    assert!(section.contains(chart), "{section}");
    let (with, without) = section.split_once("\nCPython 3.13.1t\n").expect("both");
    assert!(
        with.contains("\nCPython 3.11.7\n") && with.contains("take turns under the GIL"),
        "{with}"
    );
    assert!(
        without.contains("this interpreter has no GIL, and they run at the same time"),
        "{without}"
    );
}

/// Compares a text with its golden file, or rewrites the file.
fn matches_golden(file: &str, text: &str) {
    let file = golden().join(file);
    if updating() {
        std::fs::write(&file, text).unwrap();
    }
    let kept = std::fs::read_to_string(&file).unwrap_or_default();
    let differs = kept.lines().zip(text.lines()).find(|(a, b)| a != b);
    assert!(
        kept == text,
        "the text differs from {} (UPDATE_GOLDEN=1 rewrites it): {differs:#?}",
        file.display()
    );
}

#[test]
fn the_comparison_matches_the_golden_file() {
    let pages = compared(two_runs());
    let (_, page) = pages.iter().find(|(name, _)| name == "compare.html").unwrap();
    matches_golden("compare.txt", &text_of(page));
}

/// The sections that a comparison and floors add to the other pages.
#[test]
fn a_pairs_page_has_the_comparison() {
    let pages = compared(two_runs());
    let text = |wanted: &str| text_of(&pages.iter().find(|(name, _)| name == wanted).unwrap().1);
    let pair = text("pairs/monte_carlo.html");
    let block = &pair[pair.find("Compared with a baseline run").unwrap()..];
    assert!(
        block.contains("Against main (") && block.contains("slower"),
        "{pair}"
    );
    assert!(block.contains("The Python side changed since."), "{pair}");
    assert!(
        pair.contains("History over 2 runs") && pair.contains("another interpreter"),
        "{pair}"
    );
    assert!(pair.contains("[chart: rust over 2 runs: "), "{pair}");
    assert!(pair.contains("held Expected: rust at least 2×. "), "{pair}");
    assert!(
        pair.contains("violated Expected: rayon at least 1000000×. "),
        "{pair}"
    );
    let index = text("index.html");
    assert!(
        index.contains("Compared with a baseline run: against main (") && index.contains("What was expected"),
        "{index}"
    );
    let new = text("pairs/mandelbrot_anew.html");
    assert!(
        !new.contains("Compared with") && !new.contains("History"),
        "{new}"
    );
}

/// Each interpreter has a section of the comparison, and a history of its own.
#[test]
fn each_interpreter_of_two_runs_is_shown_with_itself() {
    let pages = compared(two_runs_of_several());
    let text = |wanted: &str| text_of(&pages.iter().find(|(name, _)| name == wanted).unwrap().1);
    let page = text("compare.html");
    let against = "20260315T080000Z-late against main (20260314T091500Z-k3vd)";
    for interpreter in ["CPython 3.11.9", "CPython 3.13.2"] {
        let heading = format!("{against} with {interpreter}");
        assert_eq!(page.matches(&heading).count(), 1, "{heading}: {page}");
    }
    assert!(
        !page.contains("with CPython 3.14.0") && !page.contains("with CPython 3.9.18"),
        "{page}"
    );
    for (which, name) in [("later", "CPython 3.14.0"), ("earlier", "CPython 3.9.18")] {
        let note = format!("Not compared, because only the {which} run has them: {name}.");
        assert_eq!(page.matches(&note).count(), 1, "{note}: {page}");
    }
    let pair = text("pairs/monte_carlo.html");
    let history = &pair[pair.find("History over 2 runs").unwrap()..];
    for interpreter in ["CPython 3.11.9 over 2 runs", "CPython 3.13.2 over 2 runs"] {
        assert!(history.contains(interpreter), "{history}");
    }
    assert!(!history.contains("CPython 3.14.0 over"), "{history}");
    let index = text("index.html");
    assert!(index.contains("-k3vd) with CPython 3.13.2 "), "{index}");
}

#[test]
fn a_report_of_both_records_compares_them_again() {
    let (baseline, mut later) = two_runs();
    later.settings.baseline = Some(pairbench::record::BaselineUsed {
        name: "main".into(),
        record: baseline.id.clone(),
    });
    let folder = tempfile::tempdir().unwrap();
    render(&[baseline, later.clone()], folder.path()).unwrap();
    assert!(folder.path().join("compare.html").exists());
    // The next report, of one record, has nothing to compare with and removes the page.
    render(&[later], folder.path()).unwrap();
    assert!(!folder.path().join("compare.html").exists());
}

#[test]
fn pages_are_well_formed_and_their_ids_unique() {
    for (name, page) in every_page() {
        let (mut open, mut ids) = (Vec::new(), HashSet::new());
        for piece in pieces(&page) {
            match piece {
                Piece::Open(tag, attributes) => {
                    open.push(tag);
                    if let Some((_, id)) = attributes.split_once("id=\"") {
                        assert!(ids.insert(id.split('"').next()), "{name}: {attributes}");
                    }
                }
                Piece::Close(tag) => assert_eq!(open.pop(), Some(tag), "{name}"),
                Piece::Text(text) => assert!(!text.contains('>') || !text.contains('<'), "{name}: {text}"),
            }
        }
        assert!(open.is_empty(), "{name}: {open:?}");
    }
}

/// Tries to break out of the page, and to change the direction of its text.
const NASTY: &str = "</script></style></pre></title>\"'><img src=x onerror=alert(1)><script>alert(2)</script>&amp;\u{202e}\u{0}\u{7}";

/// A record in which every text is hostile except for a few known words: names, paths, arguments, versions, errors,
/// sources, units.
fn poisoned(record: &Record) -> Record {
    let mut document = serde_json::to_value(record).unwrap();
    let mut places = Vec::new();
    texts(&document, String::new(), &mut places);
    let mut poisoned = 0;
    for place in places {
        let text = document.pointer_mut(&place).unwrap();
        let before = std::mem::replace(text, NASTY.into());
        // No text can replace a known word: such a record would not be read.
        let is_free = serde_json::from_value::<Record>(document.clone()).is_ok();
        // Without these nothing would count as measured, or references would break.
        let holds_together = ["/baseline", "/started", "/id", "/order"]
            .iter()
            .any(|end| place.ends_with(end))
            || (before
                .as_str()
                .is_some_and(|text| ["python", "embedded", "reference", "null"].contains(&text)));
        match is_free && !holds_together {
            true => poisoned += 1,
            false => *document.pointer_mut(&place).unwrap() = before,
        }
    }
    assert!(poisoned > 50, "{poisoned}");
    serde_json::from_value(document).unwrap()
}

/// The places of all texts in a document.
fn texts(value: &serde_json::Value, place: String, found: &mut Vec<String>) {
    match value {
        serde_json::Value::String(_) => found.push(place),
        serde_json::Value::Array(items) => {
            (items.iter().enumerate()).for_each(|(at, item)| texts(item, format!("{place}/{at}"), found));
        }
        serde_json::Value::Object(fields) => {
            (fields.iter()).for_each(|(name, field)| texts(field, format!("{place}/{name}"), found));
        }
        _ => {}
    }
}

#[test]
fn hostile_text_stays_text() {
    const ELEMENTS: [&str; 5] = ["img", "iframe", "object", "form", "style"];
    let newest = pairbench::record::read(&golden().join("record-v2.json")).unwrap();
    let every_python = poisoned(&several(SMALL));
    let records = [poisoned(&kept_record()), poisoned(&newest), every_python];
    // Kept for the test in a browser, which finds more ways to break out than this one.
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("hostile-report");
    render(&records[1..2], &folder).unwrap();
    let poisoned = records.into_iter().flat_map(|record| rendered(&[record]));
    for (name, page) in every_page().into_iter().chain(poisoned) {
        let mut scripts = 0;
        for piece in pieces(&page) {
            if let Piece::Open(tag, attributes) = piece {
                scripts += usize::from(tag == "script");
                assert!(!ELEMENTS.contains(&tag), "{name}: <{tag} {attributes}>");
                // Text outside quotes is names of attributes; none of them may run a script.
                let names: String = attributes.split('"').step_by(2).collect();
                assert!(
                    !names.contains("onerror") && !names.contains("style="),
                    "{name}: {attributes}"
                );
            }
        }
        assert_eq!(scripts, usize::from(name == "index.html"), "{name}");
        assert!(page.contains("default-src 'none'"));
        assert!(
            !page.contains(['\u{202e}', '\0', '\u{7}']),
            "{name} has hidden characters"
        );
        // The only addresses are the namespace in the icon, which is never loaded, and links to the documents.
        let documents = concat!("href=\"", env!("CARGO_PKG_REPOSITORY"), "/blob/main/docs/");
        let addresses = page
            .replace("http://www.w3.org/2000/svg", "")
            .replace(documents, "");
        assert!(
            !addresses.contains("http://") && !addresses.contains("https://"),
            "{name}"
        );
    }
}

/// A server may refuse inline styles and scripts, as Jenkins does: then a page has only those in files.
#[test]
fn pages_link_their_stylesheet_and_script() {
    let folder = tempfile::tempdir().unwrap();
    render(&[kept_record()], folder.path()).unwrap();
    let text = |page: &str, link: &str| {
        let path = folder.path().join(page).parent().unwrap().join(link);
        std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
    };
    for (name, page) in pages(folder.path()) {
        for piece in pieces(&page) {
            let Piece::Open(tag, attributes) = piece else {
                continue;
            };
            let value = |attribute: &str| {
                let rest = attributes.split_once(&format!("{attribute}=\""))?.1;
                Some(rest.split_once('"')?.0)
            };
            match tag {
                "link" if value("rel") == Some("stylesheet") => {
                    assert!(
                        text(&name, value("href").unwrap()).contains("font-family"),
                        "{name}"
                    );
                }
                "script" => assert!(text(&name, value("src").unwrap()).contains("aria-sort"), "{name}"),
                _ => assert_ne!(tag, "style", "{name}"),
            }
        }
        assert_eq!(page.matches("rel=\"stylesheet\"").count(), 1, "{name}");
    }
}

/// The numbers at the ends of the ratio chart's lines are in the table.
#[test]
fn the_numbers_of_a_chart_are_in_a_table() {
    let pages = rendered(&[realistic(SMALL)]);
    let (_, index) = &pages[0];
    let chart_at = index.find("<figure class=\"ratios\"").unwrap();
    let table_at = index.find("<table class=\"pairs\"").unwrap();
    let chart = &index[chart_at..table_at];
    let mut ratios = 0;
    for line in chart.lines().map(str::trim).filter(|line| line.ends_with('×')) {
        let is_tick = line
            .trim_end_matches('×')
            .parse::<f64>()
            .is_ok_and(|v| [1.0, 2.0, 3.0, 5.0].contains(&(v / 10f64.powf(v.log10().floor())).round()));
        let in_table = index[table_at..].contains(&format!(">{line}<"));
        assert!(in_table || is_tick, "{line}");
        ratios += usize::from(in_table);
    }
    assert!(ratios >= 19, "{ratios}");
    // On a pair's page the medians of every panel are in the table below.
    let page = &pages
        .iter()
        .find(|(name, _)| name.contains("mandelbrot"))
        .unwrap()
        .1;
    let table = &page[page.find("The numbers in these charts").unwrap()..];
    for label in page
        .split("aria-label=\"")
        .skip(1)
        .filter(|l| l.contains("medians from "))
    {
        let (low, rest) = label
            .split_once("medians from ")
            .unwrap()
            .1
            .split_once(" to ")
            .unwrap();
        for number in [low, rest.split_once(',').unwrap().0] {
            assert!(table.contains(&format!(">{number}<")), "{number}");
        }
    }
}

#[test]
fn the_newest_record_is_shown_and_pages_of_gone_pairs_are_removed() {
    let folder = tempfile::tempdir().unwrap();
    let mut old = realistic(SMALL);
    render(std::slice::from_ref(&old), folder.path()).unwrap();
    let foreign = folder.path().join("pairs/notes.html");
    std::fs::write(&foreign, "<p>not ours</p>").unwrap();
    let mut new = realistic(SMALL);
    new.pairs.truncate(2);
    new.id = "newer".into();
    // Later by the clock, earlier by the alphabet.
    new.started = "2026-03-14T09:15:00.5Z".into();
    new.pairs[0].about = "a new description".into();
    old.pairs.truncate(3);
    render(&[new, old], folder.path()).unwrap();
    let names: Vec<String> = pages(folder.path()).into_iter().map(|(name, _)| name).collect();
    let wanted =
        ["binary_trees", "edit_distance", "json_events", "notes"].map(|name| format!("pairs/{name}.html"));
    assert_eq!(names[1..], wanted);
    let page = std::fs::read_to_string(folder.path().join("pairs/binary_trees.html")).unwrap();
    assert!(page.contains("a new description"));
    let index = std::fs::read_to_string(folder.path().join("index.html")).unwrap();
    assert!(index.contains("newer") && index.contains("20260314T091500Z-k3vd"));
    assert!(!index.contains("mandelbrot"));
}

#[test]
fn a_provisional_report_is_marked() {
    let mut record = realistic(Extent { launches: 1, ..SMALL });
    record.status = Status::Running;
    let pages = rendered(&[record]);
    let text = text_of(&pages[0].1);
    assert!(
        text.contains("provisional") && text.contains("no interval yet") && text.contains("still running"),
        "{text}"
    );
}

/// Both speeds, the mode of each launch, and the warning; none of them if launches have a single mode.
#[test]
fn bimodal_launches_are_shown() {
    let extent = Extent {
        launches: 12,
        ..SMALL
    };
    let page = |record: Record| {
        let pages = rendered(&[record]);
        let find = |name: &str| {
            let found = pages.iter().find(|(known, _)| known.contains(name)).unwrap();
            (text_of(&found.1), found.1.matches("<polygon").count())
        };
        (find("index").0, find("binary_trees"))
    };
    let (index, (pair, marks)) = page(realistic(extent));
    assert!(
        !index.contains("bimodal")
            && !pair.contains("Two modes")
            && !pair.contains("in 7 of 12 launches")
            && !pair.contains("upper mode")
    );
    let mut record = realistic(extent);
    quicken(&mut record.pairs[0], "rust", &[1, 4, 5, 8, 10]);
    let (index, (pair, marks_of_two)) = page(record);
    assert!(index.contains("Launches are bimodal") && index.contains("binary_trees/rust"));
    assert!(
        pair.contains("Two modes, ▼ and ▲: ") && pair.contains("× in 7 of 12 launches, "),
        "{pair}"
    );
    // Table, chart and warning have both speeds with their shares, and the table both times.
    for text in [&index, &pair] {
        assert!(
            text.contains("in 7 of 12 launches") && text.contains("in 5"),
            "{text}"
        );
    }
    assert!(pair.matches("| in 7 of 12 launches").count() == 2, "{pair}");
    assert_eq!(pair.matches("upper mode").count(), 5);
    assert_eq!(pair.matches("lower mode").count(), 7);
    // The circles of twelve launches become triangles.
    assert_eq!(marks_of_two, marks + 12);
}

#[test]
fn every_state_of_a_run_renders() {
    let mut record = realistic(SMALL);
    record.pairs.clear();
    assert!(text_of(&rendered(&[record])[0].1).contains("No pairs"));
    assert!(text_of(&rendered(&[])[0].1).contains("No pairs"));
    let mut record = realistic(SMALL);
    for pair in &mut record.pairs {
        pair.launches.clear();
        pair.verification = Default::default();
    }
    assert!(text_of(&rendered(&[record])[0].1).contains("nothing measured yet"));
    let mut record = realistic(SMALL);
    for comparison in record
        .pairs
        .iter_mut()
        .flat_map(|p| &mut p.launches)
        .flat_map(|l| &mut l.comparisons)
    {
        comparison.variant_samples.ns.fill(0);
    }
    rendered(&[record]);
}

#[test]
fn a_chart_of_many_pairs_shows_the_ends_and_the_table_all() {
    let pages = rendered(&[large(
        70,
        Extent {
            launches: 3,
            sample_pairs: 4,
            all_sizes: false,
        },
    )]);
    let text = text_of(&pages[0].1);
    assert!(text.contains("the other 10 are in the table"));
    assert!((0..70).all(|i| text.contains(&format!("pair_{i:04}"))));
}
