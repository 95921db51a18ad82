//! Where records were measured: which of them belong together, because one machine made them or because they are parts of
//! one divided run, and whether those parts go together.
//!
//! Nothing is pooled here or anywhere: a pair's interval comes from the launches of one record, and so of one machine.

mod kinds;
#[cfg(test)]
mod tests;

use crate::record::{Machine, Record, Warning, WarningKind};
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

/// A place at which pairs were measured that may stand side by side: one machine, or the machines of one divided run.
#[derive(Debug, Clone)]
pub struct Site<'a> {
    /// What it is called: its machine's name, or what its machines have in common and how many they are.
    pub name: String,
    /// Its records (or views of them), the newest first; one at least.
    pub records: Vec<&'a Record>,
    /// How many parts the run was divided into, where it was.
    pub parts: Option<u32>,
}

/// What makes a machine another: its name, model and number of cores. Older records have no names, so that two of one
/// model are one.
pub fn identity(machine: &Machine) -> (&str, &str, u32) {
    (&machine.name, &machine.cpu, machine.cores)
}

/// What a machine is called among others: by its name, where it has one.
pub fn machine_name(machine: &Machine) -> &str {
    match machine.name.as_str() {
        "" => &machine.cpu,
        name => name,
    }
}

/// The sites of these records, by name. What was measured whole is put together by machine. Parts are put together where
/// they are of equally many and were asked for alike, so that runs of a divided suite repeat as those of a machine do.
/// Machines of different kinds make up one site only where neither has a part that the other has, too: else each kind
/// measured a run of its own.
pub fn sites(records: &[Record]) -> Vec<Site<'_>> {
    let mut whole: BTreeMap<_, Vec<&Record>> = BTreeMap::new();
    let mut divided: BTreeMap<_, Vec<&Record>> = BTreeMap::new();
    for record in records {
        match record.settings.shard {
            None => whole.entry(identity(&record.machine)).or_default().push(record),
            Some(shard) => divided.entry((shard.of, asked(record))).or_default().push(record),
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

/// What was asked for, apart from what may differ between parts of one run: the part, and folders and names of this
/// machine.
fn asked(record: &Record) -> Vec<&str> {
    const OWN: [&str; 4] = ["--shard", "--reports", "--interpreter", "--color"];
    let mut asked = Vec::new();
    let mut arguments = record.settings.arguments.iter();
    while let Some(argument) = arguments.next() {
        let name = argument.split('=').next().unwrap_or_default();
        if !OWN.contains(&name) {
            asked.push(argument.as_str());
        } else if name == argument {
            // Its value.
            arguments.next();
        }
    }
    asked
}

/// Parts of one division, told apart by the kind of their machines where two kinds have the same part.
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

    /// Its machines, each as its newest record has it, in the order of their names.
    pub fn machines(&self) -> Vec<&'a Machine> {
        let mut machines: BTreeMap<_, &Machine> = BTreeMap::new();
        for record in &self.records {
            machines
                .entry(identity(&record.machine))
                .or_insert(&record.machine);
        }
        machines.into_values().collect()
    }

    /// Whether the record, or view, is one of its.
    pub fn holds(&self, record: &Record) -> bool {
        self.records.iter().any(|own| std::ptr::eq(*own, record))
    }

    /// The parts of which there is no record.
    pub fn missing(&self) -> Vec<u32> {
        let there = parts(&self.records);
        let all = 1..=self.parts.unwrap_or(0);
        all.filter(|part| !there.contains(part)).collect()
    }

    /// The newest record of each part, with all its views where it stands as several: those that speak for their pairs.
    fn speaking(&self) -> Vec<Vec<&'a Record>> {
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

    /// Whether its parts do not go together; nothing where they do.
    pub fn differences(&self) -> Option<Warning> {
        self.parts?;
        let differences = kinds::differences(&self.speaking());
        (!differences.is_empty())
            .then(|| WarningKind::PartsOfDifferentKinds.found(Vec::new(), differences.join("; ")))
    }

    /// Whether parts are missing; nothing where all are there.
    fn lacks(&self) -> Option<Warning> {
        let of = self.parts?;
        let missing: Vec<String> = self.missing().iter().map(|part| format!("{part}/{of}")).collect();
        let figure = format!("{} of {of} on {}", some(&missing), self.name);
        (!missing.is_empty()).then(|| WarningKind::PartsMissing.found(Vec::new(), figure))
    }

    /// What is to be known of it as a whole: parts that do not go together, and parts that are missing.
    pub fn warnings(&self) -> Vec<Warning> {
        self.differences().into_iter().chain(self.lacks()).collect()
    }
}

/// What its machines are called together.
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

/// All that is to be known of records together, what matters most first.
pub fn warnings(sites: &[Site<'_>]) -> Vec<Warning> {
    super::sorted(sites.iter().flat_map(Site::warnings).collect())
}
