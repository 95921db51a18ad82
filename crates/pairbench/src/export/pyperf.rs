//! pyperf's JSON, version 1.0: <https://pyperf.readthedocs.io/en/latest/api.html>.

use super::{Benchmark, Run};
use crate::analyse::launches::baseline_series;
use crate::measure::{Launch, Series};
use crate::registry::Side;
use serde::Serialize;
use std::collections::BTreeMap;

#[derive(Serialize)]
struct Suite {
    version: &'static str,
    metadata: BTreeMap<&'static str, Value>,
    benchmarks: Vec<Benchmarked>,
}

#[derive(Serialize)]
struct Benchmarked {
    metadata: BTreeMap<&'static str, Value>,
    runs: Vec<Process>,
}

/// The values of one process; pyperf calls this a run.
#[derive(Serialize)]
struct Process {
    metadata: BTreeMap<&'static str, Value>,
    values: Vec<f64>,
}

#[derive(Serialize)]
#[serde(untagged)]
enum Value {
    Text(String),
    Count(u64),
    Number(f64),
}

/// A benchmark per variant that Python calls, a pyperf run per launch, a value per sample in seconds per call.
pub(super) fn text(runs: &[Run<'_>]) -> Result<String, String> {
    let mut benchmarks = Vec::new();
    for run in runs {
        let common = about(run);
        let in_python = run.summary.benchmarks();
        for benchmark in in_python.filter(|benchmark| benchmark.variant.side == Side::Python) {
            let mut metadata = common.clone();
            metadata.insert("name", benchmark.name.clone());
            let text = |(key, text): (&'static str, String)| (key, Value::Text(text));
            let runs: Vec<Process> = processes(run, &benchmark).collect();
            if !runs.is_empty() {
                benchmarks.push(Benchmarked {
                    metadata: metadata.into_iter().map(text).collect(),
                    runs,
                });
            }
        }
    }
    if benchmarks.is_empty() {
        return Err(
            "nothing was measured in Python, and pyperf cannot read a file without a benchmark".into(),
        );
    }
    let suite = Suite {
        version: "1.0",
        metadata: BTreeMap::from([("unit", Value::Text("second".into()))]),
        benchmarks,
    };
    Ok(serde_json::to_string(&suite).expect("plain data") + "\n")
}

/// The metadata of all benchmarks of a run, under pyperf's names. pyperf refuses line ends and empty texts.
fn about(run: &Run<'_>) -> BTreeMap<&'static str, String> {
    let (summary, python) = (&run.summary, &run.record.interpreter);
    let bits = python.pointer_bits.map(|bits| format!(" ({bits}-bit)"));
    let all = [
        (
            "python_version",
            python.version.clone() + &bits.unwrap_or_default(),
        ),
        ("python_implementation", python.implementation.to_lowercase()),
        ("python_executable", python.executable.clone()),
        ("python_compiler", python.compiler.clone()),
        ("python_config_args", python.config_args.clone()),
        ("python_cflags", python.cflags.clone()),
        ("platform", summary.machine.os.clone()),
        ("hostname", summary.machine.name.clone()),
        ("cpu_model_name", summary.machine.cpu.clone()),
        ("pairbench_project", summary.project.clone()),
        ("pairbench_version", summary.build.pairbench.clone()),
        ("pairbench_record", summary.record.clone()),
    ];
    let one_line = |text: String| text.split_whitespace().collect::<Vec<_>>().join(" ");
    let lines = all.into_iter().map(|(key, text)| (key, one_line(text)));
    lines.filter(|(_, text)| !text.is_empty()).collect()
}

/// The launches with samples of the variant.
fn processes<'a>(run: &Run<'a>, benchmark: &Benchmark<'_>) -> impl Iterator<Item = Process> {
    let pair = run
        .record
        .pairs
        .iter()
        .find(|pair| pair.name == benchmark.pair.name);
    let (size, variant) = (benchmark.case.size, benchmark.variant.clone());
    let launches = pair.into_iter().flat_map(move |pair| pair.launches_of(size));
    launches.filter_map(move |launch| process(&samples(launch, &variant)))
}

/// The same samples as those of the time in the summary: the baseline has some beside each variant.
fn samples<'a>(launch: &'a Launch, variant: &super::Variant) -> Vec<&'a Series> {
    match variant.baseline {
        true => baseline_series(launch).collect(),
        false => launch
            .comparison(&variant.name)
            .map(|comparison| &comparison.variant_samples)
            .into_iter()
            .collect(),
    }
}

fn process(series: &[&Series]) -> Option<Process> {
    let values = series
        .iter()
        .flat_map(|series| series.per_call().map(|ns| ns * 1e-9));
    // pyperf refuses zero, and the estimate leaves it out too.
    let values: Vec<f64> = values.filter(|value| *value > 0.0).collect();
    // The baseline's number of calls differs from variant to variant, and pyperf has one number.
    let loops = series
        .iter()
        .filter(|series| !series.ns.is_empty())
        .map(|series| series.calls);
    let duration: u64 = series.iter().flat_map(|series| &series.ns).sum();
    let metadata = BTreeMap::from([
        ("loops", Value::Count(loops.min()?.max(1))),
        ("duration", Value::Number(duration as f64 * 1e-9)),
    ]);
    (!values.is_empty()).then_some(Process { metadata, values })
}
