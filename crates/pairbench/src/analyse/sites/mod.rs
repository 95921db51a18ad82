//! Sites: which records belong together, because they come from one machine or are parts of one divided run, and whether
//! those parts are alike.
//!
//! Nothing is pooled here or anywhere: a pair's interval comes from the launches of one record, hence of one machine.

mod kinds;
#[cfg(test)]
mod tests;

use crate::record::{Machine, Record, Warning, WarningKind};
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

/// One machine, or the machines of one divided run. Pairs of one site may be shown side by side.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Site<'a> {
    /// The name of its machine, or the number of its machines and what they have in common.
    pub name: String,
    /// Its records (or views of them), newest first; at least one.
    pub records: Vec<&'a Record>,
    /// How many parts the run was divided into, if it was.
    pub parts: Option<u32>,
}

/// Identifies a machine: name, model and number of cores. Older records have no names, so two machines of one model count
/// as one.
pub fn identity(machine: &Machine) -> (&str, &str, u32) {
    (&machine.name, &machine.cpu, machine.cores)
}

/// The name of a machine, or its model if it has none.
pub fn machine_name(machine: &Machine) -> &str {
    match machine.name.as_str() {
        "" => &machine.cpu,
        name => name,
    }
}

/// The sites of these records, by name. Whole runs are grouped by machine. Parts are grouped by the number
/// of parts and the arguments, so that divided runs repeat like those of one machine. Machines of different kinds form one
/// site only if no part was measured on both: otherwise each kind measured a run of its own.
pub fn sites<'a>(records: impl IntoIterator<Item = &'a Record>) -> Vec<Site<'a>> {
    let mut whole: BTreeMap<_, Vec<&Record>> = BTreeMap::new();
    let mut divided: BTreeMap<_, Vec<&Record>> = BTreeMap::new();
    for record in records {
        match record.settings.shard {
            None => whole.entry(identity(&record.machine)).or_default().push(record),
            Some(shard) => divided
                .entry((shard.of, arguments(record)))
                .or_default()
                .push(record),
        }
    }
    let whole = whole.into_values().map(|records| Site::new(records, None));
    let divided = divided.into_iter().flat_map(|((of, _), records)| {
        let runs = runs(records).into_iter();
        runs.map(move |records| Site::new(records, Some(of)))
    });
    let mut sites: Vec<Site<'_>> = whole.chain(divided).collect();
    sites.sort_by(|a, b| a.name.cmp(&b.name));
    sites
}

/// The arguments, apart from those that may differ between parts of one run: the part, and local folders and names.
fn arguments(record: &Record) -> Vec<&str> {
    const OWN: [&str; 4] = ["--shard", "--reports", "--interpreter", "--color"];
    let mut shared = Vec::new();
    let mut all = record.settings.arguments.iter();
    while let Some(argument) = all.next() {
        let name = argument.split('=').next().unwrap_or_default();
        if !OWN.contains(&name) {
            shared.push(argument.as_str());
        } else if name == argument {
            // Skip its value.
            all.next();
        }
    }
    shared
}

/// Splits the parts of one division by kind of machine, if two kinds measured the same part.
fn runs(records: Vec<&Record>) -> Vec<Vec<&Record>> {
    let mut kinds: BTreeMap<(&str, u32), Vec<&Record>> = BTreeMap::new();
    for record in records {
        let kind = (record.machine.cpu.as_str(), record.machine.cores);
        kinds.entry(kind).or_default().push(record);
    }
    let mut runs: Vec<(BTreeSet<u32>, Vec<&Record>)> = Vec::new();
    for records in kinds.into_values() {
        let parts = parts(&records);
        match runs.iter_mut().find(|(known, _)| known.is_disjoint(&parts)) {
            Some((known, all)) => {
                known.extend(parts);
                all.extend(records);
            }
            None => runs.push((parts, records)),
        }
    }
    runs.into_iter().map(|(_, records)| records).collect()
}

fn parts(records: &[&Record]) -> BTreeSet<u32> {
    let shards = records.iter().filter_map(|record| record.settings.shard);
    shards.map(|shard| shard.part).collect()
}

impl<'a> Site<'a> {
    fn new(mut records: Vec<&'a Record>, parts: Option<u32>) -> Self {
        records.sort_by_cached_key(|record| Reverse((record.newness(), record.id.as_str())));
        Site {
            name: name(&records),
            records,
            parts,
        }
    }

    /// Its machines, each from its newest record, by name.
    pub fn machines(&self) -> Vec<&'a Machine> {
        let mut machines: BTreeMap<_, &Machine> = BTreeMap::new();
        for record in &self.records {
            machines
                .entry(identity(&record.machine))
                .or_insert(&record.machine);
        }
        machines.into_values().collect()
    }

    /// The parts without a record.
    pub fn missing(&self) -> Vec<u32> {
        let present = parts(&self.records);
        let all = 1..=self.parts.unwrap_or(0);
        all.filter(|part| !present.contains(part)).collect()
    }

    /// The newest record of each part, with all its views: those whose pairs are shown.
    fn newest(&self) -> Vec<Vec<&'a Record>> {
        let mut newest: BTreeMap<u32, Vec<&Record>> = BTreeMap::new();
        for record in &self.records {
            let part = record.settings.shard.map_or(0, |shard| shard.part);
            let own = newest.entry(part).or_default();
            if own.first().is_none_or(|first| first.id == record.id) {
                own.push(record);
            }
        }
        newest.into_values().collect()
    }

    /// A warning if its parts are not alike.
    pub fn differences(&self) -> Option<Warning> {
        self.parts?;
        let differences = kinds::differences(&self.newest());
        (!differences.is_empty())
            .then(|| WarningKind::PartsOfDifferentKinds.found(Vec::new(), differences.join("; ")))
    }

    /// A warning if parts are missing.
    fn missing_parts(&self) -> Option<Warning> {
        let of = self.parts?;
        let missing: Vec<String> = self.missing().iter().map(|part| format!("{part}/{of}")).collect();
        let figure = format!("{} of {of} on {}", some(&missing), self.name);
        (!missing.is_empty()).then(|| WarningKind::PartsMissing.found(Vec::new(), figure))
    }

    /// Warnings about the site as a whole.
    pub fn warnings(&self) -> Vec<Warning> {
        self.differences()
            .into_iter()
            .chain(self.missing_parts())
            .collect()
    }
}

/// One name for all machines of these records.
fn name(records: &[&Record]) -> String {
    let names: BTreeSet<&str> = records.iter().map(|one| machine_name(&one.machine)).collect();
    let models: BTreeSet<&str> = records.iter().map(|one| one.machine.cpu.as_str()).collect();
    match (names.len(), models.len()) {
        (1, _) => names.into_iter().collect(),
        (n, 1) => format!("{n} machines, {}", models.into_iter().collect::<String>()),
        (n, kinds) => format!("{n} machines of {kinds} kinds"),
    }
}

/// The first few, and how many more.
fn some(all: &[String]) -> String {
    const MOST: usize = 8;
    match all.len().checked_sub(MOST) {
        None | Some(0) => all.join(", "),
        Some(more) => format!("{} and {more} more", all[..MOST].join(", ")),
    }
}

/// Warnings about all sites, most important first.
pub fn warnings(sites: &[Site<'_>]) -> Vec<Warning> {
    super::sorted(sites.iter().flat_map(Site::warnings).collect())
}
