//! `cargo bench --bench forecast`: the kept workloads, the fit, the scores, the page and the constants in the source.

#![allow(missing_docs, dead_code, reason = "the bench uses the rest")]

#[path = "../benches/forecast/extensions.rs"]
mod extensions;
#[path = "../benches/forecast/gains.rs"]
mod gains;
#[path = "../benches/forecast/model.rs"]
mod model;
#[path = "../benches/forecast/page.rs"]
mod page;
#[path = "../benches/forecast/score.rs"]
mod score;
#[path = "../benches/forecast/workloads.rs"]
mod workloads;
#[path = "../benches/forecast/written.rs"]
mod written;

use model::{ByClass, CLASSES, Gains};
use pairbench::registry::{Entry, Profile};
use score::{Answers, Band, Errors, Forecast};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use workloads::Workload;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn kept() -> Vec<Workload> {
    workloads::read(&root().join("crates/pairbench/src/forecast/workloads.csv")).unwrap()
}

fn workload(name: &str, ratio: f64, shares: &[(&str, f64)]) -> Workload {
    let of = |class: &model::Class| shares.iter().find(|(name, _)| *name == class.name);
    Workload {
        name: name.into(),
        catalogue: false,
        ratio,
        shares: CLASSES
            .each_ref()
            .map(|class| of(class).map_or(0.0, |(_, share)| *share)),
    }
}

/// Workloads of two classes each, in all combinations, whose ports gain exactly as these gains predict.
fn made_with(gains: &Gains) -> Vec<Workload> {
    let mut made = Vec::new();
    for a in &CLASSES {
        for b in CLASSES.iter().filter(|b| b.name != a.name) {
            let mut one = workload(a.name, 1.0, &[(a.name, 0.9), (b.name, 0.1)]);
            one.ratio = gains.forecast(&one.shares);
            made.push(one);
        }
    }
    made
}

#[test]
fn a_forecast_is_amdahls_sum() {
    let mut gains = Gains::prior();
    gains.0[0] = 50.0;
    gains.0[4] = 10.0;
    let shares = workload("half", 1.0, &[("interpreter", 0.5), ("allocation", 0.5)]).shares;
    let forecast = gains.forecast(&shares);
    assert!((forecast - 1.0 / (0.01 + 0.05)).abs() < 1e-9, "{forecast}");
}

#[test]
fn the_fit_finds_the_gains_that_made_the_ratios() {
    let mut factors = [0.6, 1.7, 1.0].into_iter().cycle();
    let truth = Gains(Gains::prior().0.map(|gain| gain * factors.next().unwrap()));
    let made = made_with(&truth);
    let fitted = Gains::fit(&made.iter().collect::<Vec<_>>());
    for ((class, fitted), truth) in CLASSES.iter().zip(fitted.0).zip(truth.0) {
        // Not exactly: the prior pulls each of them a little.
        assert!(
            (fitted / truth).ln().abs() < 0.1,
            "{}: {fitted} for {truth}",
            class.name
        );
    }
}

#[test]
fn one_workload_cannot_decide_however_far_it_is_off() {
    let made = made_with(&Gains::prior());
    let with = |ratio| {
        let odd = workload("odd", ratio, &[("hashing", 1.0)]);
        Gains::fit(&made.iter().chain([&odd]).collect::<Vec<_>>())
    };
    let (far, further) = (with(1e3), with(1e9));
    for ((class, far), further) in CLASSES.iter().zip(far.0).zip(further.0) {
        assert!(
            (far / further).ln().abs() < 0.01,
            "{}: {far}, {further}",
            class.name
        );
    }
}

#[test]
fn a_class_without_workloads_keeps_its_prior() {
    let only = workload("only", 3.0, &[("text", 1.0)]);
    let fitted = Gains::fit(&[&only]);
    let (regex, text) = (7, 8);
    assert_eq!(CLASSES[regex].name, "regex");
    assert!((fitted.0[regex] / CLASSES[regex].prior).ln().abs() < 0.01);
    assert!(fitted.0[text] < CLASSES[text].prior);
}

#[test]
fn what_is_left_out_has_no_part_in_its_forecast() {
    let forecast = |ratio| {
        let mut some = made_with(&Gains::prior());
        some.truncate(20);
        some[5].ratio = ratio;
        score::leave_one_out(&some)[5].forecast
    };
    assert_eq!(forecast(1.0).to_bits(), forecast(1000.0).to_bits());
}

fn forecasts<'a>(workloads: &'a [Workload], forecasts: &[f64]) -> Vec<Forecast<'a>> {
    let pairs = workloads.iter().zip(forecasts);
    pairs
        .map(|(workload, &forecast)| Forecast { workload, forecast })
        .collect()
}

#[test]
fn scores_of_four_forecasts() {
    let measured = [4.0, 5.0, 30.0, 6.0].map(|ratio| workload("one", ratio, &[]));
    let made = forecasts(&measured, &[4.0, 4.0, 10.0, 12.6]);
    // Off by ×1, ×1.25, ×3 and ×2.1: the median is between the second and the third.
    let errors = Errors::of(&made).unwrap();
    assert_eq!((errors.count, errors.within_two, errors.held), (4, 2, 3));
    assert!((errors.median - (1.25 + 2.1) / 2.0).abs() < 1e-9, "{errors:?}");
    assert!((errors.most - 3.0).abs() < 1e-9, "{errors:?}");
    let expected = Answers {
        right: 4,
        all: 4,
        clear_right: 1,
        clear: 1,
    };
    assert_eq!(score::answers(&made, 5.5), expected);
    assert_eq!(score::answers(&made, 2.0).clear, 4);
    assert_eq!(score::answers(&made, 10.0).right, 2);
    let bands = score::bands(&made);
    assert_eq!(bands.len(), 1);
    assert_eq!((bands[0].below, bands[0].count), (20.0, 4));
    assert!((bands[0].low - 6.0 / 12.6).abs() < 1e-9 && (bands[0].high - 3.0).abs() < 1e-9);
    assert!(Errors::of(&[]).is_none());
}

#[test]
fn left_out_workloads_are_forecast_better_than_by_the_mean() {
    let kept = kept();
    let total: f64 = kept.iter().map(|workload| workload.ratio.ln()).sum();
    let means: Vec<f64> = kept
        .iter()
        .map(|workload| ((total - workload.ratio.ln()) / (kept.len() - 1) as f64).exp())
        .collect();
    let by_mean = Errors::of(&forecasts(&kept, &means)).unwrap();
    let fitted = Errors::of(&score::leave_one_out(&kept)).unwrap();
    assert!(
        fitted.median < by_mean.median && fitted.most < by_mean.most && fitted.held > by_mean.held,
        "{fitted:?} {by_mean:?}"
    );
}

#[test]
fn every_kept_workload_is_a_pair_with_a_port_and_vice_versa() {
    let names = |catalogue| -> BTreeSet<String> {
        let of_set = kept().into_iter().filter(|one| one.catalogue == catalogue);
        of_set.map(|one| one.name).collect()
    };
    let catalogue = pairbench_workloads::registry();
    // A server's time is not that of a call.
    let called = |entry: &&Entry| entry.pair.profile() != Profile::Service;
    let entries = catalogue.entries().iter().filter(called);
    assert_eq!(names(true), entries.map(|entry| entry.name.to_string()).collect());
    let mut ported = BTreeSet::new();
    for file in std::fs::read_dir(root().join("benches/forecast/corpus/pairs")).unwrap() {
        let file = file.unwrap().path();
        let is_rust = file.extension().is_some_and(|extension| extension == "rs");
        if is_rust && std::fs::read_to_string(&file).unwrap().contains(".rust(rust)") {
            ported.insert(file.file_stem().unwrap().to_str().unwrap().to_string());
        }
    }
    assert_eq!(names(false), ported);
}

#[test]
fn the_page_has_every_kept_workload_as_measured() {
    let page = std::fs::read_to_string(root().join(page::FILE)).unwrap();
    for workload in kept() {
        let set = if workload.catalogue { "catalogue" } else { "corpus" };
        let start = format!("| {} | {set} |", workload.name);
        let row = page.lines().find(|line| line.starts_with(&start));
        let row =
            row.unwrap_or_else(|| panic!("no row {start}: cargo bench --bench forecast -- --write-page"));
        let measured = row.split('|').nth(4).unwrap().trim();
        assert_eq!(measured, page::times(workload.ratio), "{row}");
    }
}

#[test]
fn tables_go_into_their_place_and_nowhere_else() {
    let page = std::fs::read_to_string(root().join(page::FILE)).unwrap();
    let once = page::put(&page, "| new |").unwrap();
    assert!(once.contains("\n| new |\n") && !once.contains("| ascii_rle |"));
    assert_eq!(page::put(&once, "| new |").unwrap(), once);
    assert!(page::put("no place", "| new |").unwrap_err().contains(page::FILE));
}

const SOURCE: &str = "\
/// The gain of each class.
pub(crate) const GAINS: [(Class, f64); 15] = [
    (Class::Interpreter, 64.0),
];

/// 80 % of measured ÷ forecast.
pub(crate) const BANDS: [(f64, f64, f64); 3] =
    [(8.0, 0.63, 2.0), (20.0, 0.54, 2.3)];

/// After it.
";

#[test]
fn gains_are_written_into_the_source_and_read_back() {
    let bands = [
        Band {
            below: 8.0,
            count: 30,
            low: 0.666,
            high: 2.191,
        },
        Band {
            below: f64::INFINITY,
            count: 2,
            low: 0.25,
            high: 14.7,
        },
    ];
    let fitted = Gains(CLASSES.map(|class| class.prior * 1.017));
    let text = gains::rewrite(SOURCE, &fitted, &bands).unwrap();
    assert_eq!(gains::rewrite(&text, &fitted, &bands).unwrap(), text);
    assert!(
        text.contains("\n    (Class::Interpreter, 46.0),\n    (Class::Loops, 36.0),\n"),
        "{text}"
    );
    assert!(text.contains("    (Class::TextSort, 3.1),\n"), "{text}");
    assert!(
        text.contains("= [\n    (8.0, 0.67, 2.2),\n    (f64::INFINITY, 0.25, 15.0),\n];\n\n/// After it.\n"),
        "{text}"
    );
    let two_digits: ByClass = fitted.0.map(gains::two_digits);
    assert_eq!(gains::read(&text).unwrap().0, two_digits);
    assert!(gains::read(SOURCE).unwrap_err().ends_with("no gain of loops"));
    assert!(gains::rewrite("nothing", &fitted, &bands).is_err());
}

#[test]
fn ratios_are_read_from_a_record() {
    let record = root().join("crates/pairbench/tests/golden/record-v3.json");
    let ratios = workloads::ratios(&record).unwrap();
    assert!(ratios["monte_carlo"] > 1.0, "{ratios:?}");
    assert!(!ratios.contains_key("ascii_rle"), "{ratios:?}");
    let missing = workloads::ratios(Path::new("missing.json")).unwrap_err();
    assert!(missing.contains("missing.json"), "{missing}");
}

#[test]
fn forecasts_from_before_the_port_are_scored_as_they_were_written() {
    let folder = tempfile::tempdir().unwrap();
    let put = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).unwrap();
    let over = r#""over": {"2": "yes", "5": "yes", "10": "unknown", "30": "no"}"#;
    let shares = r#""shares": {"text": 0.75, "hashing": 0.25}"#;
    put(
        "held.json",
        &format!(r#"{{"port": {{"low": 4.6, "high": 14, {over}}}, {shares}, "time": {{}}}}"#),
    );
    put(
        "missed.json",
        &format!(r#"{{"port": {{"at_least": 20, {over}}}, {shares}}}"#),
    );
    put(
        "waits.json",
        &format!(r#"{{"port": {{"at_least": 20, {over}}}, {shares}}}"#),
    );
    put("notes.txt", "no forecast");
    let written = written::read(folder.path()).unwrap();
    let ratios = [("held", 6.0), ("missed", 4.0)].into();
    let text = page::written(&written, &ratios);
    for row in [
        "| held | 4.6× to 14× | 6.0× | yes | 3 of 3 |",
        "| missed | at least 20× | 4.0× | **no** | 2 of 3 |",
        "| waits | at least 20× | no port yet | | |",
    ] {
        assert!(text.lines().any(|line| line == row), "{row}\n{text}");
    }
    assert!(text.contains("1 of 2 held, and 5 of 6 answers"), "{text}");
    assert_eq!(page::written(&[], &ratios), "");
    put(
        "other.json",
        &format!(r#"{{"port": {{{over}}}, "shares": {{"magic": 1}}}}"#),
    );
    let error = written::read(folder.path()).unwrap_err();
    assert!(
        error.contains("other.json: magic is not a class of work"),
        "{error}"
    );
    put("other.json", "{}");
    assert!(
        written::read(folder.path())
            .unwrap_err()
            .contains("forecast --json")
    );
    assert_eq!(written::read(Path::new("/nowhere/at/all")), Ok(Vec::new()));
}

fn written(name: &str, shares: &[(&str, f64)], candidates: &[(&str, f64)]) -> written::Written {
    let candidates = candidates
        .iter()
        .map(|(function, gain)| format!(r#"{{"function": "{function}", "gain": {gain}, "calls": 3}}"#));
    let candidates = candidates.collect::<Vec<_>>().join(", ");
    let shares: BTreeMap<_, _> = shares.iter().copied().collect();
    let shares = serde_json::to_string(&shares).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let text = format!(r#"{{"port": {{"over": {{}}}}, "shares": {shares}, "candidates": [{candidates}]}}"#);
    std::fs::write(folder.path().join(format!("{name}.json")), text).unwrap();
    written::read(folder.path()).unwrap().remove(0)
}

#[test]
fn newer_shares_and_ratios_replace_the_kept_ones_and_a_pair_with_both_is_added() {
    let mut all = vec![
        workload("kept", 3.0, &[("regex", 1.0)]),
        workload("same", 5.0, &[("text", 1.0)]),
    ];
    let newer = [
        written("kept", &[("text", 0.75), ("hashing", 0.25)], &[]),
        written("mandelbrot", &[("interpreter", 1.0)], &[]),
        written("unmeasured", &[("interpreter", 1.0)], &[]),
    ];
    let ratios = [("kept".to_string(), 3.51239), ("mandelbrot".to_string(), 32.0)].into();
    let catalogue = pairbench_workloads::registry();
    workloads::update(&mut all, &newer, &ratios, &catalogue);
    let names: Vec<_> = all
        .iter()
        .map(|one| (one.name.as_str(), one.catalogue, one.ratio))
        .collect();
    assert_eq!(
        names,
        [
            ("kept", false, 3.51239),
            ("mandelbrot", true, 32.0),
            ("same", false, 5.0)
        ]
    );
    assert_eq!(all[0].shares, newer[0].shares);

    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("workloads.csv");
    let before = std::fs::read_to_string(root().join("crates/pairbench/src/forecast/workloads.csv")).unwrap();
    std::fs::write(&file, workloads::with_rows(&before, &all)).unwrap();
    let again = workloads::read(&file).unwrap();
    assert_eq!(again[0].ratio, 3.512);
    assert_eq!(again[0].shares, all[0].shares);
    assert_eq!(
        workloads::with_rows(&before, &kept()),
        before,
        "the kept ones are in order"
    );
}

#[test]
fn extensions_are_scored_where_forecast_and_outcome_are_known() {
    let candidates = [
        ("hot_loop.mandelbrot:python", 9.0),
        ("hot_loop.mandelbrot:escape", 20.0),
    ];
    let newer = [
        written("mandelbrot", &[("interpreter", 1.0)], &candidates),
        written("json_events", &[("text", 1.0)], &[("json:loads", 1.5)]),
    ];
    let ratios = [("mandelbrot/native".to_string(), 30.0)].into();
    let mut all = Vec::new();
    extensions::update(&mut all, &newer, &ratios, &pairbench_workloads::registry());
    let rows = extensions::with_rows("# about\nname,function,forecast,measured\nold,f,1,1\n", &all);
    assert_eq!(
        rows,
        "# about\nname,function,forecast,measured\nmandelbrot,escape,20,30\n"
    );
    let text = page::extensions(&all);
    assert!(
        text.contains("| mandelbrot | `escape` | 20× | 30× | ×1.50 |"),
        "{text}"
    );
    assert!(text.contains("median error ×1.50, 1 of 1 within ×1.5"), "{text}");
    assert_eq!(page::extensions(&[]), "");
}

#[test]
fn a_file_of_workloads_with_a_fault_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("workloads.csv");
    let columns: Vec<&str> = CLASSES.iter().map(|class| class.name).collect();
    let head = format!("name,set,ratio,{}", columns.join(","));
    let zeros = ",0".repeat(CLASSES.len() - 1);
    let refusal = |text: &str| {
        std::fs::write(&file, text).unwrap();
        workloads::read(&file).unwrap_err()
    };
    for (text, problem) in [
        (format!("{head}\na,corpus,2,0.5{zeros}\n"), "add up to 0.500"),
        (format!("{head}\na,corpus,0,1{zeros}\n"), "the ratio is 0"),
        (format!("{head}\na,corpus,x,1{zeros}\n"), "ratio is \"x\""),
        (
            "name,set,ratio\na,corpus,2\n".to_string(),
            "no column interpreter",
        ),
        (format!("{head}\na,corpus\n"), "found record with 2 fields"),
    ] {
        let error = refusal(&text);
        assert!(
            error.contains(problem) && error.contains("workloads.csv"),
            "{error}"
        );
    }
}
