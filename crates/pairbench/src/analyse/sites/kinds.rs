//! Whether the parts of a divided run were measured alike.

use super::some;
use crate::record::Record;
use std::collections::BTreeMap;

/// Machines of one kind report slightly different memory, depending on their firmware. It is ignored up to this factor.
const MEMORY: f64 = 1.1;

/// A part: its record, or the views of it, one for each interpreter.
type Part<'a> = Vec<&'a Record>;

/// The differences between parts, in words: each value with the parts that have it.
pub(super) fn differences(parts: &[Part<'_>]) -> Vec<String> {
    type Of = fn(&Record) -> String;
    let all: [(&str, Of); 8] = [
        ("CPU", |record| record.machine.cpu.clone()),
        ("cores", |record| record.machine.cores.to_string()),
        ("system", |record| record.machine.os.clone()),
        ("compiler", |record| record.build.rustc.clone()),
        ("build", build),
        ("pairbench", |record| record.build.pairbench.clone()),
        ("project", Record::project_at),
        ("samples", samples),
    ];
    let differing = all
        .iter()
        .filter_map(|(what, of)| differs(what, parts, |part| of(part[0])));
    let interpreters = differs("interpreters", parts, interpreters);
    differing.chain(interpreters).chain(memory(parts)).collect()
}

/// `CPU A (1/2), B (2/2)`; `None` if all are the same.
fn differs(what: &str, parts: &[Part<'_>], of: impl Fn(&Part<'_>) -> String) -> Option<String> {
    let mut values: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for part in parts {
        let name = part[0].settings.shard.map(|shard| shard.to_string());
        values.entry(of(part)).or_default().push(name.unwrap_or_default());
    }
    let words = |(value, parts): (&String, &Vec<String>)| match value.as_str() {
        "" => format!("unknown ({})", some(parts)),
        value => format!("{value} ({})", some(parts)),
    };
    (values.len() > 1).then(|| {
        let words: Vec<String> = values.iter().map(words).collect();
        format!("{what} {}", words.join(", "))
    })
}

fn memory(parts: &[Part<'_>]) -> Option<String> {
    let known = || parts.iter().filter_map(|part| part[0].machine.memory_bytes);
    let (least, most) = (known().min()?, known().max()?);
    let gibibytes = |part: &Part<'_>| match part[0].machine.memory_bytes {
        Some(bytes) => format!("{:.1} GiB", bytes as f64 / (1_u64 << 30) as f64),
        None => String::new(),
    };
    (most as f64 > least as f64 * MEMORY)
        .then(|| differs("memory", parts, gibibytes))
        .flatten()
}

fn build(record: &Record) -> String {
    let build = &record.build;
    format!("{} {} {}", build.profile, build.target, build.rustflags)
        .trim()
        .into()
}

/// Label and build; the path may differ.
fn interpreters(part: &Part<'_>) -> String {
    let all = part.iter().flat_map(|record| record.all_interpreters());
    let words = all.map(|one| match one.optimized {
        Some(false) => format!("{}, not optimised", one.label()),
        _ => one.label(),
    });
    words.collect::<Vec<_>>().join(" and ")
}

/// The seed of the inputs, and whether it was a quick run.
fn samples(record: &Record) -> String {
    let settings = &record.settings;
    let quick = if settings.quick { " with --quick" } else { "" };
    format!("of seed {}{quick}", settings.seed)
}
