//! Exports: a golden file per format, the schemas, the programs that read them, and the exit codes of the tool.
//!
//! `UPDATE_GOLDEN=1 cargo test --test export` rewrites the golden files; read the diff before committing it.
//! The tests with pyperf need it in the interpreter:
//!
//! ```text
//! PAIRBENCH_INTERPRETER=.venv/bin/python cargo test --test export -- --include-ignored
//! ```
#![cfg(feature = "harness")]
#![allow(missing_docs)]

use pairbench::analyse::verdict::Call;
use pairbench::export::{Format, Summary, export_records};
use pairbench::hosts::interpreter;
use pairbench::record::{Record, Warning, WarningKind, read, write};
use pairbench::registry::Profile;
use regex::Regex;
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

fn file(below: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(below)
}

/// Kept records: the first has failures, odd names and several sizes, the third several interpreters.
fn kept(version: u32) -> Record {
    read(&file(&format!("tests/golden/record-v{version}.json"))).unwrap()
}

fn all_kept() -> [Record; 3] {
    [1, 2, 3].map(kept)
}

/// The record with another name, as if measured at another time.
fn again(mut record: Record) -> Record {
    record.id = "20260401T080000Z-late".into();
    record
}

fn json_of(format: Format, record: &Record) -> Value {
    serde_json::from_str(&export_records(format, std::slice::from_ref(record)).unwrap()).unwrap()
}

fn schema(path: &str) -> jsonschema::Validator {
    let schema: Value = serde_json::from_slice(&std::fs::read(file(path)).unwrap()).unwrap();
    validator(&schema)
}

fn validator(schema: &Value) -> jsonschema::Validator {
    jsonschema::meta::validate(schema).unwrap_or_else(|error| panic!("{error}: {schema}"));
    jsonschema::draft202012::options()
        .should_validate_formats(true)
        .build(schema)
        .unwrap()
}

/// A reader has to skip the fields of later versions, so the schema allows any; here every field must be described.
fn close(schema: &mut Value) {
    match schema {
        Value::Object(parts) => {
            parts.values_mut().for_each(close);
            if parts.get("properties").is_some_and(Value::is_object) && parts.contains_key("required") {
                parts.entry("additionalProperties").or_insert(Value::Bool(false));
            }
        }
        Value::Array(parts) => parts.iter_mut().for_each(close),
        _ => {}
    }
}

fn summary_schema() -> jsonschema::Validator {
    let path = file("../../docs/schema/summary-v1.json");
    let mut schema: Value = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
    close(&mut schema);
    validator(&schema)
}

/// The text without its decimal numbers, and the numbers.
fn parted(text: &str) -> (String, Vec<f64>) {
    let decimal = Regex::new(r"\d+\.\d+(e-?\d+)?").unwrap();
    let numbers = decimal.find_iter(text).map(|one| one.as_str().parse().unwrap());
    (decimal.replace_all(text, "#").into_owned(), numbers.collect())
}

/// Asserts that the words are the same and each decimal number is within this share of the known one.
fn assert_alike(name: &str, text: &str, known: &str, tolerance: f64) {
    let ((words, numbers), (known_words, known_numbers)) = (parted(text), parted(known));
    let differs = known_words.lines().zip(words.lines()).find(|(a, b)| a != b);
    assert!(
        words == known_words,
        "{name} differs (UPDATE_GOLDEN=1 writes golden files anew, UPDATE_DOCS=1 pages): {differs:#?}"
    );
    for (now, known) in numbers.iter().zip(&known_numbers) {
        assert!(
            (now - known).abs() <= tolerance * known.abs(),
            "{name}: {now} was {known}"
        );
    }
}

/// Numbers may differ in the last digits, as logarithms do between machines.
#[test]
fn every_format_matches_its_golden_file() {
    let formats = [
        (Format::Json, 1, "export.json"),
        (Format::Csv, 1, "export.csv"),
        (Format::Markdown, 3, "export.md"),
        (Format::Bencher, 1, "export-bencher.txt"),
        (Format::Bmf, 1, "export-bmf.json"),
        (Format::Github, 1, "export-github.json"),
        (Format::Pyperf, 2, "export-pyperf.json"),
    ];
    for (format, version, name) in formats {
        let text = export_records(format, &[kept(version)]).unwrap();
        let golden = file("tests/golden").join(name);
        if std::env::var_os("UPDATE_GOLDEN").is_some() {
            std::fs::write(&golden, &text).unwrap();
        }
        let known = std::fs::read_to_string(&golden).unwrap_or_default();
        assert_alike(name, &text, &known, 1e-9);
    }
}

#[test]
fn the_schema_accepts_every_summary() {
    let schema = summary_schema();
    for mut record in all_kept() {
        record.pairs.extend(record.pairs.first().cloned().map(|mut pair| {
            pair.name = "waits".into();
            pair.launches.clear();
            pair
        }));
        let findings = WarningKind::ALL.iter().map(|kind| kind.found(Vec::new(), "1"));
        record.warnings = findings
            .filter(|one: &Warning| one.kind.takes_two_records())
            .collect();
        let summary = json_of(Format::Json, &record);
        schema
            .validate(&summary)
            .unwrap_or_else(|error| panic!("schema {}: {error} at {}", record.schema, error.instance_path()));
        assert_eq!(summary["record"], json!(record.id));
        let pairs = summary["pairs"].as_array().unwrap().len();
        assert_eq!(pairs, record.all_pairs().count());
    }
    let several = export_records(Format::Json, &[kept(1), kept(2)]).unwrap();
    let several: Vec<Value> = serde_json::from_str(&several).unwrap();
    assert!(several.len() == 2 && several.iter().all(|one| schema.is_valid(one)));
}

/// Paths of all objects in a document.
fn objects(value: &Value, at: String, found: &mut Vec<String>) {
    match value {
        Value::Object(fields) => {
            for (key, field) in fields {
                objects(field, format!("{at}/{key}"), found);
            }
            found.push(at);
        }
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                objects(item, format!("{at}/{index}"), found);
            }
        }
        _ => {}
    }
}

#[test]
fn the_schema_refuses_a_broken_summary() {
    let schema = summary_schema();
    let mut record = kept(1);
    record.pairs.truncate(2);
    record.settings.shard = Some(pairbench::record::Shard { part: 1, of: 2 });
    record.nulls = kept(2).nulls;
    let good = json_of(Format::Json, &record);
    schema.validate(&good).unwrap();
    let refused = |what: &str, change: &dyn Fn(&mut Value)| {
        let mut broken = good.clone();
        change(&mut broken);
        assert!(!schema.is_valid(&broken), "{what}");
    };
    let mut found = Vec::new();
    objects(&good, String::new(), &mut found);
    assert!(found.len() > 30, "{found:?}");
    for path in &found {
        let at = |document: &mut Value, change: &dyn Fn(&mut serde_json::Map<String, Value>)| {
            change(document.pointer_mut(path).unwrap().as_object_mut().unwrap());
        };
        refused(path, &|document| {
            at(document, &|fields| {
                fields.insert("surprise".into(), json!(1));
            });
        });
        for key in good.pointer(path).unwrap().as_object().unwrap().keys() {
            refused(&format!("{path} without {key}"), &|document| {
                at(document, &|fields| {
                    fields.remove(key);
                });
            });
        }
    }
    for (path, wrong) in [
        ("/version", json!(2)),
        ("/format", json!("record")),
        ("/started", json!("yesterday")),
        ("/interpreters", json!([])),
        ("/pairs/0/cases/0/variants/0/time_s/value", json!(null)),
        ("/pairs/0/cases/0/variants/0/time_s/low", json!("0.1")),
        ("/pairs/0/verdict/call", json!("buy it")),
        ("/warnings/0/kind", json!(7)),
    ] {
        refused(path, &|document| {
            *document.pointer_mut(path).unwrap() = wrong.clone()
        });
    }
}

#[test]
fn the_schema_lists_all_calls_and_profiles() {
    let text = std::fs::read(file("../../docs/schema/summary-v1.json")).unwrap();
    let schema: Value = serde_json::from_slice(&text).unwrap();
    assert_eq!(schema["$defs"]["call"]["enum"], json!(Call::ALL));
    let profile = &schema["$defs"]["pair"]["properties"]["profile"];
    assert_eq!(profile["enum"], json!(Profile::ALL));
}

#[test]
fn csv_has_the_figures_of_the_summary() {
    let records = [kept(1), kept(3)];
    let text = export_records(Format::Csv, &records).unwrap();
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let rows: Vec<std::collections::HashMap<String, String>> =
        reader.deserialize().collect::<Result<_, _>>().unwrap();
    let mut rows = rows.iter();
    for record in &records {
        let summary = Summary::of_record(record);
        for pair in &summary.pairs {
            for (case, variant) in pair
                .cases
                .iter()
                .flat_map(|case| case.variants.iter().map(move |variant| (case, variant)))
            {
                let row = rows.next().unwrap();
                let number = |column: &str| row[column].parse::<f64>().ok();
                assert_eq!((&row["pair"], &row["variant"]), (&pair.name, &variant.name));
                assert_eq!(row["interpreter"], summary.interpreters[pair.interpreter].label);
                assert_eq!(number("size"), Some(case.size as f64));
                assert_eq!(number("time_s"), variant.time_s.map(|time| time.value));
                assert_eq!(number("ratio_high"), variant.ratio.and_then(|ratio| ratio.high));
            }
        }
    }
    assert!(rows.next().is_none());
    let nothing = Record {
        pairs: Vec::new(),
        ..kept(1)
    };
    let text = export_records(Format::Csv, &[nothing]).unwrap();
    assert!(text.lines().count() == 1 && text.starts_with("record,"), "{text}");
}

#[test]
fn threads_in_use_are_exported() {
    let mut record = kept(3);
    for own in record.pairs[0]
        .launches
        .iter_mut()
        .flat_map(|launch| &mut launch.comparisons)
    {
        for (series, tenths) in [(&mut own.baseline_samples, 10), (&mut own.variant_samples, 19)] {
            series.cpu_ns = Some(series.ns.iter().sum::<u64>() * tenths / 10);
        }
    }
    let summary = Summary::of_record(&record);
    let variants = &summary.pairs[0].cases[0].variants;
    let rust = variants.iter().find(|variant| variant.name == "rust").unwrap();
    assert!(
        rust.threads
            .is_some_and(|threads| (1.85..1.95).contains(&threads)),
        "{rust:?}"
    );
    let text = export_records(Format::Markdown, &[record.clone()]).unwrap();
    assert!(text.contains("] on 1.9 threads |"), "{text}");
    let text = export_records(Format::Csv, &[record]).unwrap();
    assert!(text.contains(&format!(",{},", rust.threads.unwrap())), "{text}");
}

/// The mean over interpreters covers only the pairs that all of them have.
#[test]
fn markdown_has_the_gain_of_each_interpreter() {
    let mut record = kept(3);
    let last = |text: &str| {
        let rows = text
            .lines()
            .rev()
            .skip(2)
            .take_while(|line| line.starts_with('|'));
        rows.map(String::from).collect::<Vec<_>>()
    };
    let with_all = last(&export_records(Format::Markdown, &[record.clone()]).unwrap());
    record
        .further
        .retain(|one| one.interpreter.version.starts_with("3.13"));
    let with_few = last(&export_records(Format::Markdown, &[record]).unwrap());
    assert!(!with_all[0].contains("geometric mean"), "{with_all:#?}");
    let (mean, cells) = (with_few[0].as_str(), with_few[1].matches('×').count());
    assert!(mean.starts_with("| geometric mean of 2 | 1.1"), "{mean}");
    assert!(mean.matches('×').count() == cells && cells == 2, "{with_few:#?}");
}

/// In these pages below docs/evidence the tables are the export of the record beside them, from these words to the end.
/// `UPDATE_DOCS=1` writes them.
#[test]
fn pages_have_the_figures_of_their_records() {
    for (name, from) in [
        ("python", "| Pair | CPython"),
        ("jit-and-gil", "| Pair | CPython"),
        ("catalogue", "| Pair | Verdict | Why |"),
    ] {
        let page = file(&format!("../../docs/evidence/{name}.md"));
        let packed = std::fs::File::open(page.with_extension("json.gz")).unwrap();
        let folder = tempfile::tempdir().unwrap();
        let record = folder.path().join("record.json");
        let mut unpacked = std::fs::File::create(&record).unwrap();
        std::io::copy(&mut flate2::read::GzDecoder::new(packed), &mut unpacked).unwrap();
        let text = export_records(Format::Markdown, &[read(&record).unwrap()]).unwrap();
        let tables = &text[text.find(from).unwrap()..];
        let (begin, end) = ("<!-- the tables -->\n", "<!-- end of the tables -->");
        let known = std::fs::read_to_string(&page).unwrap();
        let (before, rest) = known.split_once(begin).unwrap();
        let (known, after) = rest.split_once(end).unwrap();
        if std::env::var_os("UPDATE_DOCS").is_some() {
            std::fs::write(&page, format!("{before}{begin}\n{tables}\n{end}{after}")).unwrap();
        } else {
            // A last digit may round to the other side on another machine.
            assert_alike(name, tables.trim(), known.trim(), 0.011);
        }
    }
}

/// A cell per column, whatever is in a name.
#[test]
fn names_do_not_break_a_markdown_table() {
    let mut record = kept(1);
    record.pairs[0].name = "a|b\n*c* `d` <e>".into();
    let text = export_records(Format::Markdown, &[record]).unwrap();
    let rows: Vec<&str> = text.lines().take_while(|line| !line.is_empty()).collect();
    assert!(rows.len() > 10, "{text}");
    for row in rows {
        let cells = row.replace("\\|", "").matches('|').count();
        assert!(cells == 7 && row.starts_with('|') && row.ends_with('|'), "{row}");
    }
    assert!(text.contains(r"| a\|b \*c\* \`d\` &lt;e> |"), "{text}");
}

#[test]
fn bmf_and_github_match_their_published_formats() {
    let (bmf, github) = (
        schema("tests/data/schema/bmf.json"),
        schema("tests/data/schema/github-action-benchmark.json"),
    );
    for record in all_kept() {
        let summary = Summary::of_record(&record);
        let (by_name, entries) = (json_of(Format::Bmf, &record), json_of(Format::Github, &record));
        bmf.validate(&by_name).unwrap();
        github.validate(&entries).unwrap();
        assert_eq!(by_name.as_object().unwrap().len(), summary.benchmarks().count());
        let entries = entries.as_array().unwrap();
        assert_eq!(entries.len(), summary.benchmarks().count());
        for (benchmark, entry) in summary.benchmarks().zip(entries) {
            let measures = &by_name[&benchmark.name];
            assert_eq!(measures["latency"]["value"], json!(benchmark.time_s.value * 1e9));
            assert_eq!(measures.get("ratio").is_some(), benchmark.variant.ratio.is_some());
            assert_eq!(entry["name"], json!(benchmark.name));
            assert_eq!(entry["value"], measures["latency"]["value"]);
            let ratio = format!("python ÷ {}: ", benchmark.variant.name);
            let extra = entry["extra"].as_str().unwrap();
            assert_eq!(
                extra.starts_with(&ratio),
                benchmark.variant.ratio.is_some(),
                "{extra}"
            );
        }
    }
    assert!(!bmf.is_valid(&json!({"a": {"ratio": {"value": 1.0}}})));
    assert!(!bmf.is_valid(&json!({"a": {"latency": {"value": "1"}}})));
    assert!(!github.is_valid(&json!([{"name": "a", "unit": "s", "value": 1.0}])));
    assert!(!github.is_valid(&json!([{"name": "a", "unit": "ns", "value": 1.0, "range": "5"}])));
}

/// Its samples are those in the record.
#[test]
fn pyperf_gets_every_sample_of_the_python_side() {
    let record = kept(3);
    let suite = json_of(Format::Pyperf, &record);
    let pair = &record.pairs[0];
    let of = |name: &str| {
        let benchmarks = suite["benchmarks"].as_array().unwrap().iter();
        let name = format!("{}/{name}", pair.name);
        let mut named = benchmarks.filter(|one| one["metadata"]["name"] == json!(name));
        named.next().map(|one| one["runs"].as_array().unwrap().clone())
    };
    assert!(of("rust").is_none() && of("rayon").is_none());
    let runs = of("threads").unwrap();
    assert_eq!(runs.len(), pair.launches.len());
    for (run, launch) in runs.iter().zip(&pair.launches) {
        let series = &launch.comparison("threads").unwrap().variant_samples;
        assert_eq!(run["metadata"]["loops"], json!(series.calls));
        let seconds = run["values"]
            .as_array()
            .unwrap()
            .iter()
            .map(|value| value.as_f64().unwrap());
        let nanoseconds: f64 = seconds.map(|second| second * 1e9 * series.calls as f64).sum();
        let measured: u64 = series.ns.iter().sum();
        assert!(
            (nanoseconds / measured as f64 - 1.0).abs() < 1e-9,
            "{nanoseconds} {measured}"
        );
    }
    let beside = |run: &Value| run["values"].as_array().unwrap().len();
    let samples: usize = pair.launches[0]
        .comparisons
        .iter()
        .map(|one| one.variant_samples.ns.len().min(one.baseline_samples.ns.len()))
        .sum();
    assert!(beside(&of("python").unwrap()[0]) >= samples);
    let nothing = Record {
        pairs: Vec::new(),
        ..record
    };
    let error = export_records(Format::Pyperf, &[nothing]).unwrap_err();
    assert!(error.contains("nothing was measured in Python"), "{error}");
}

fn pyperf(arguments: &[&str], files: &[&Path]) -> String {
    let python = interpreter::choose(None).unwrap().about.executable;
    let output = Command::new(python)
        .args(["-m", "pyperf"])
        .args(arguments)
        .args(files)
        .output()
        .unwrap();
    let (out, err) = texts(&output);
    assert!(output.status.success(), "{out}{err}");
    out
}

#[test]
#[ignore = "needs pyperf"]
fn pyperf_reads_what_is_written_for_it() {
    let folder = tempfile::tempdir().unwrap();
    let (then, now) = (folder.path().join("then.json"), folder.path().join("now.json"));
    let mut slower = kept(3);
    std::fs::write(&then, export_records(Format::Pyperf, &[slower.clone()]).unwrap()).unwrap();
    let launches = slower.pairs.iter_mut().flat_map(|pair| &mut pair.launches);
    for comparison in launches.flat_map(|launch| &mut launch.comparisons) {
        for ns in comparison
            .variant_samples
            .ns
            .iter_mut()
            .chain(&mut comparison.baseline_samples.ns)
        {
            *ns *= 2;
        }
    }
    std::fs::write(&now, export_records(Format::Pyperf, &[again(slower)]).unwrap()).unwrap();
    let stats = pyperf(&["stats"], &[&then]);
    for words in [
        "monte_carlo/python",
        "word_count/threads",
        "Number of run with values: 4",
    ] {
        assert!(stats.contains(words), "{stats}");
    }
    let metadata = pyperf(&["metadata"], &[&then]);
    for words in [
        "python_version: 3.11.7",
        "python_implementation: cpython",
        "loops: 1",
    ] {
        assert!(metadata.contains(words), "{metadata}");
    }
    let compared = pyperf(&["compare_to"], &[&then, &now]);
    let slower = compared.matches("2.00x slower").count();
    assert!(slower >= 5 && !compared.contains("faster"), "{compared}");
}

fn texts(output: &Output) -> (String, String) {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (text(&output.stdout), text(&output.stderr))
}

/// Runs the tool; returns its exit code, standard output and standard error.
fn tool(arguments: &[&str]) -> (Option<i32>, String, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_pairbench"))
        .args(arguments)
        .output()
        .unwrap();
    let (out, err) = texts(&output);
    assert!(!err.contains("panicked at"), "{err}");
    (output.status.code(), out, err)
}

#[test]
fn the_command_writes_to_a_file_or_to_standard_output() {
    let folder = tempfile::tempdir().unwrap();
    let records = folder.path().join("records");
    let (one, _) = (
        write(&kept(3), &records).unwrap(),
        write(&again(kept(1)), &records).unwrap(),
    );
    let [one, records] = [&one, &records].map(|path| path.to_str().unwrap());
    let out = folder.path().join("out.json");
    let to = out.to_str().unwrap();
    let (code, printed, _) = tool(&["export", one, "--format", "bmf", "--output", to]);
    assert_eq!((code, printed.as_str()), (Some(0), ""));
    let written: Value = serde_json::from_slice(&std::fs::read(&out).unwrap()).unwrap();
    assert_eq!(written, json_of(Format::Bmf, &read(Path::new(one)).unwrap()));

    let (code, printed, _) = tool(&["export", records, "--format", "json"]);
    assert_eq!(code, Some(0));
    let array: Vec<Value> = serde_json::from_str(&printed).unwrap();
    assert_eq!(array.len(), 2);
    let (code, _, error) = tool(&["export", records, "--format", "github"]);
    assert_eq!(code, Some(2));
    assert!(error.contains("monte_carlo/python is in"), "{error}");
}

#[test]
fn a_closed_pipe_is_no_error() {
    let record = file("tests/golden/record-v3.json");
    let mut child = Command::new(env!("CARGO_BIN_EXE_pairbench"))
        .arg("export")
        .arg(record)
        .args(["--format", "json"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert_eq!((output.status.code(), texts(&output).1.as_str()), (Some(0), ""));
}

/// As the help lists them.
#[test]
fn exit_codes_of_the_tool() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name).to_str().unwrap().to_string();
    let record = file("tests/golden/record-v3.json");
    let (record, broken, blocked) = (record.to_str().unwrap(), at("broken.json"), at("broken.json/out"));
    std::fs::write(&broken, "{").unwrap();
    let mut slower = again(kept(3));
    let rust = slower.pairs.iter_mut().flat_map(|pair| &mut pair.launches);
    for comparison in rust.flat_map(|launch| &mut launch.comparisons) {
        comparison.variant_samples.ns.iter_mut().for_each(|ns| *ns *= 100);
    }
    let slower = write(&slower, folder.path()).unwrap();
    let slower = slower.to_str().unwrap();
    let (pages, rule) = (at("pages"), "slower:5%");
    let cases: [(&[&str], i32, &str); 13] = [
        (&["export", record, "--format", "csv"], 0, ""),
        (&["export", record, &broken, "--format", "csv"], 1, "broken.json"),
        (&["export", &broken, "--format", "csv"], 2, "no record to export"),
        (&["export", record, "--format", "xml"], 2, "pyperf"),
        (
            &["export", record, "--format", "csv", "-o", &blocked],
            4,
            &blocked,
        ),
        (
            &["export", record, &broken, "--format", "csv", "-o", &blocked],
            4,
            &blocked,
        ),
        (&["report", record, &broken, "--out", &pages], 1, "broken.json"),
        (&["report", &broken, "--out", &pages], 2, "no record to render"),
        (&["report", record, "--out", &blocked], 4, &blocked),
        (&["compare", record, slower], 0, ""),
        (
            &["compare", record, slower, "--fail-if", rule],
            3,
            "beyond --fail-if slower:5%",
        ),
        (
            &["compare", record, slower, "--fail-if", rule, "--out", &blocked],
            4,
            "beyond --fail-if",
        ),
        (&["compare", record, &broken, "--fail-if", rule], 2, "broken.json"),
    ];
    for (arguments, code, words) in cases {
        let (ended, _, error) = tool(arguments);
        assert_eq!(ended, Some(code), "{arguments:?}: {error}");
        assert!(error.contains(words), "{arguments:?}: {error}");
    }
    for command in ["export", "report", "compare", "interpreters"] {
        let (_, help, _) = tool(&[command, "--help"]);
        assert!(
            help.contains("Exit codes") && help.contains("  4  the report, export or output"),
            "{help}"
        );
    }
}

#[test]
fn a_forecast_is_exported_with_its_outcome() {
    let schema = summary_schema();
    let forecast = |low: f64, high: f64, made: Option<&str>| {
        serde_json::from_value(json!({
            "made": made, "workload": "shop:total", "interpreter": "CPython 3.11.7",
            "time": {"seconds": 0.01, "low": null, "high": null, "launches": 1, "waits": 0.0, "functions": []},
            "port": {"low": low, "high": high, "over": {}, "limits": [], "vectorisable": false},
            "candidates": [], "shares": {}, "nearest": [], "resolution": "symbols", "samples": 300,
            "warnings": [], "trust": [],
        }))
        .unwrap()
    };
    let mut record = kept(1);
    let measured = record
        .pairs
        .iter()
        .position(|pair| pair.name == "word_count")
        .unwrap();
    let mut outcome = |of| {
        record.pairs[measured].forecast = Some(of);
        let summary = json_of(Format::Json, &record);
        schema.validate(&summary).unwrap();
        summary["pairs"][measured]["forecast"].clone()
    };
    let day = "2026-11-29T09:00:00Z";
    assert_eq!(
        outcome(forecast(4.0, 10.0, Some(day))),
        json!({"made": day, "low": 4.0, "high": 10.0, "held": true})
    );
    assert_eq!(outcome(forecast(7.0, 10.0, None))["held"], json!(false));
    record.pairs[measured].launches.clear();
    record.pairs[measured].forecast = Some(forecast(4.0, 10.0, None));
    assert_eq!(
        json_of(Format::Json, &record)["pairs"][measured]["forecast"]["held"],
        Value::Null
    );
}

/// Every format that has room for them has both speeds of bimodal launches.
#[test]
fn bimodal_launches_are_exported_as_two_speeds() {
    let mut record = kept(3);
    record.further.clear();
    record.pairs.truncate(1);
    let launches = &mut record.pairs[0].launches;
    let first = launches[0].clone();
    *launches = (0..10)
        .map(|index| {
            let mut launch = first.clone();
            launch.index = index;
            let rust = launch
                .comparisons
                .iter_mut()
                .find(|own| own.variant == "rust")
                .unwrap();
            if index >= 7 {
                rust.variant_samples.ns.iter_mut().for_each(|ns| *ns /= 2);
            }
            launch
        })
        .collect();
    let records = [record];
    let summary = json_of(Format::Json, &records[0]);
    assert!(summary_schema().is_valid(&summary));
    let cases = summary["pairs"][0]["cases"].as_array().unwrap();
    let case = cases.iter().find(|case| case["headline"] == true).unwrap();
    let variants = case["variants"].as_array().unwrap();
    let rust = variants.iter().find(|variant| variant["name"] == "rust").unwrap();
    let modes = rust["modes"].as_array().unwrap();
    let ratio = |mode: &Value| mode["ratio"]["value"].as_f64().unwrap();
    assert_eq!(
        (&modes[0]["launches"], &modes[1]["launches"]),
        (&json!(7), &json!(3))
    );
    assert!(
        (ratio(&modes[1]) / ratio(&modes[0]) - 2.0).abs() < 0.01,
        "{modes:?}"
    );
    assert_eq!(variants[0]["modes"], Value::Null);
    let text = |format| export_records(format, &records).unwrap();
    for format in [Format::Markdown, Format::Github] {
        let text = text(format);
        assert!(
            text.contains("× in 7 of 10 launches, ") && text.contains("× in 3"),
            "{text}"
        );
    }
    let markdown = text(Format::Markdown);
    let (figures, _) = markdown.split_once("| Why |").unwrap();
    assert!(
        figures.matches(" in 7 of 10 launches").count() == 2,
        "the time as well"
    );
    let csv = text(Format::Csv);
    let line = csv.lines().find(|line| line.contains(",rust,rust,")).unwrap();
    assert!(
        line.contains(",7,") && csv.lines().next().unwrap().ends_with("upper_time_s"),
        "{csv}"
    );
}
