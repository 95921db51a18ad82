//! Results for other programs: the [`Summary`] of a run, and the formats that other tools read.
//!
//! Each format is one file. All but pyperf's, which holds samples, are made from the summary alone, so every program
//! reads the same figures.

mod bencher;
mod bmf;
mod csv;
mod github;
mod json;
mod markdown;
mod pyperf;
mod schema;
mod summary;

pub(crate) use markdown::escape;
pub use schema::{
    Benchmark, Build, Case, Claim, Embedded, Evidence, FORMAT, Failure, Figure, Interpreter, Interval,
    Machine, Mean, Mode, Null, OtherThreshold, Pair, PortMean, Progress, State, Summary, VERSION, Variant,
    Verdict, Warned,
};

use crate::record::Record;
use rayon::prelude::*;
use std::collections::BTreeMap;

/// The formats of exports.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Format {
    /// The summary, as docs/schema/summary-v1.json describes it; an array of summaries for several records
    Json,
    /// A line per variant and size; lines of several records follow each other
    Csv,
    /// A table per interpreter; tables of several records follow each other
    Markdown,
    /// Lines as libtest prints benchmarks: times in nanoseconds
    Bencher,
    /// Bencher Metric Format, for `bencher run --adapter json`: latency in nanoseconds, and the ratio
    Bmf,
    /// For github-action-benchmark's tool `customSmallerIsBetter`: times in nanoseconds
    Github,
    /// pyperf's JSON, for `pyperf stats` and `pyperf compare_to`: the samples of all variants that Python calls
    Pyperf,
}

impl Format {
    /// Whether the format has one value per benchmark name, so that two records must not share a name.
    fn is_keyed_by_name(self) -> bool {
        !matches!(self, Format::Json | Format::Csv | Format::Markdown)
    }
}

/// A record and its summary.
#[derive(Debug, Clone, Copy)]
pub struct Run<'a> {
    /// The record.
    pub record: &'a Record,
    /// Its figures.
    pub summary: &'a Summary,
}

/// The text of these runs in the format. JSON, CSV and Markdown have all interpreters of a run, the others the first.
///
/// # Errors
///
/// When the format cannot hold these runs: a benchmark is in two of them, or pyperf would have none.
pub fn export(format: Format, runs: &[Run<'_>]) -> Result<String, String> {
    if format.is_keyed_by_name() {
        refuse_duplicates(runs)?;
    }
    let summaries: Vec<&Summary> = runs.iter().map(|run| run.summary).collect();
    Ok(match format {
        Format::Json => json::text(&summaries),
        Format::Csv => csv::text(&summaries),
        Format::Markdown => markdown::text(&summaries),
        Format::Bencher => bencher::text(&summaries),
        Format::Bmf => bmf::text(&summaries),
        Format::Github => github::text(&summaries),
        Format::Pyperf => pyperf::text(runs)?,
    })
}

/// Exports records; see [`export`].
///
/// # Errors
///
/// As [`export`].
pub fn export_records(format: Format, records: &[Record]) -> Result<String, String> {
    let summaries: Vec<Summary> = records.par_iter().map(Summary::of_record).collect();
    let both = records.iter().zip(&summaries);
    let runs: Vec<Run<'_>> = both.map(|(record, summary)| Run { record, summary }).collect();
    export(format, &runs)
}

fn refuse_duplicates(runs: &[Run<'_>]) -> Result<(), String> {
    let mut seen = BTreeMap::new();
    for run in runs {
        for benchmark in run.summary.benchmarks() {
            let id = run.summary.record.as_str();
            if let Some(other) = seen.insert(benchmark.name.clone(), id) {
                return Err(format!(
                    "{} is in {other} and in {id}, and this format can hold each benchmark once. Export the records one by \
                     one; only parts of a run that was divided with --shard can be exported together",
                    benchmark.name
                ));
            }
        }
    }
    Ok(())
}

/// A document as indented JSON, with a line end.
fn pretty(document: &impl serde::Serialize) -> String {
    serde_json::to_string_pretty(document).expect("plain data") + "\n"
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::fixture::steady;

    #[test]
    fn a_benchmark_in_two_records_is_refused_where_names_are_keys() {
        let (mut other, same) = (steady(), steady());
        other.pairs[0].name = "another".into();
        for format in [Format::Bencher, Format::Bmf, Format::Github, Format::Pyperf] {
            let both = export_records(format, &[steady(), other.clone()]).unwrap();
            assert!(
                both.contains("steady/python") && both.contains("another/python"),
                "{both}"
            );
            let error = export_records(format, &[steady(), same.clone()]).unwrap_err();
            assert!(
                error.contains("steady/python is in") && error.contains("--shard"),
                "{error}"
            );
        }
        for format in [Format::Json, Format::Csv, Format::Markdown] {
            export_records(format, &[steady(), same.clone()]).unwrap();
        }
    }

    #[test]
    fn bencher_has_a_libtest_line_per_measured_variant() {
        let lines = export_records(Format::Bencher, &[steady()]).unwrap();
        let names: Vec<&str> = lines
            .lines()
            .filter_map(|line| line.split(" ... bench:").next())
            .collect();
        assert_eq!(names, ["test steady/python", "test steady/rust"]);
        assert!(lines.contains("10,000 ns/iter (+/- "), "{lines}");
        assert!(lines.contains("500 ns/iter (+/- "), "{lines}");
    }
}
