//! The machines and runs of a report of several records, and which of them measured what.

use super::environment;
use super::page::{heading, or_dash, pair_file};
use crate::analyse::PairAnalysis;
use crate::analyse::sites::{self, Site, identity, machine_name, sites};
use crate::record::{Machine, PairRecord, Record};
use crate::text::count;
use maud::{Markup, html};
use std::collections::{BTreeSet, HashSet};

/// The most names of pairs in a cell; the rest is counted.
const MOST: usize = 12;

/// Whether the records come from several runs, so that a page must name the one that it shows.
pub(crate) fn are_several(records: &[Record]) -> bool {
    records.len() > 1 || records.iter().any(|record| record.settings.shard.is_some())
}

/// The machines with their runs, and the warnings about them together; nothing for a single undivided run.
pub(crate) fn section(chosen: &[&PairAnalysis<'_>], records: &[Record]) -> Markup {
    if !are_several(records) {
        return html! {};
    }
    let sites = sites(records);
    html! {
        section aria-labelledby="machines" {
            (heading("machines", "Machines and runs"))
            p.hint {
                (count(runs(records.iter()), "run")) " on " (count(machines(records), "machine")) ". "
                "If several runs of a machine, or of a divided run, have the same pair, the newest is shown. No interval mixes "
                "launches of several runs or machines."
            }
            (environment::notice_list(&sites::warnings(&sites)))
            div.scroll role="region" aria-labelledby="machines" tabindex="0" {
                table {
                    thead { tr {
                        th scope="col" { "Machine" } th scope="col" { "CPU" } th.number scope="col" { "Cores" }
                        th.number scope="col" { "Memory" } th scope="col" { "System" } th scope="col" { "Runs" }
                        th scope="col" { "Pairs shown from it" }
                    } }
                    @for site in &sites { (rows(site, chosen)) }
                }
            }
        }
    }
}

/// The machines of a site; those of a divided run below a row for the whole run.
fn rows(site: &Site<'_>, chosen: &[&PairAnalysis<'_>]) -> Markup {
    let machines = site.machines();
    html! {
        tbody {
            @if let Some(parts) = site.parts {
                tr.group { th scope="rowgroup" colspan="7" { span {
                    "A run in " (count(parts as usize, "part")) ", on " (count(machines.len(), "machine"))
                } } }
            }
            @for machine in machines { (row(site, machine, chosen)) }
        }
    }
}

fn row(site: &Site<'_>, machine: &Machine, chosen: &[&PairAnalysis<'_>]) -> Markup {
    let is_its = |record: &Record| identity(&record.machine) == identity(machine);
    let own: Vec<&Record> = site
        .records
        .iter()
        .copied()
        .filter(|record| is_its(record))
        .collect();
    let parts: BTreeSet<String> = own.iter().filter_map(|record| part(record)).collect();
    let is_shown =
        |one: &&&PairAnalysis<'_>| is_its(one.record) && own.iter().any(|own| own.id == one.record.id);
    let pairs: Vec<&str> = chosen
        .iter()
        .filter(is_shown)
        .map(|one| one.pair.name.as_str())
        .collect();
    html! { tr {
        th scope="row" { (machine_name(machine)) }
        td { (machine.cpu) }
        td.number { (machine.cores) }
        td.number { (or_dash(machine.memory_bytes, environment::memory)) }
        td { (machine.os) }
        td {
            (count(runs(own.iter().copied()), "run"))
            @if let Some(newest) = own.first() { ", the newest " (environment::started(newest)) }
            @if !parts.is_empty() { ", part " (parts.into_iter().collect::<Vec<_>>().join(", ")) }
        }
        td { (names(&pairs)) }
    } }
}

fn names(pairs: &[&str]) -> Markup {
    html! {
        @if pairs.is_empty() { span.none { "none" } }
        @for (at, pair) in pairs.iter().take(MOST).enumerate() {
            @if at > 0 { ", " } a href=(pair_file(pair)) { (pair) }
        }
        @if pairs.len() > MOST { " and " (pairs.len() - MOST) " more" }
    }
}

/// How many runs; several interpreters of one run may be several records.
fn runs<'a>(records: impl Iterator<Item = &'a Record>) -> usize {
    let runs = records.map(|record| {
        (
            &record.id,
            identity(&record.machine),
            record.settings.shard.map(|s| s.part),
        )
    });
    runs.collect::<HashSet<_>>().len()
}

fn machines(records: &[Record]) -> usize {
    let machines = records.iter().map(|record| identity(&record.machine));
    machines.collect::<HashSet<_>>().len()
}

fn part(record: &Record) -> Option<String> {
    Some(record.settings.shard?.to_string())
}

/// On which machine and in which run the pair was measured, if there are several.
pub(crate) fn whereabouts(one: &PairAnalysis<'_>, records: &[Record]) -> Markup {
    let record = one.record;
    let (machine, others) = (&record.machine, others(one.pair, record, records));
    html! {
        @if are_several(records) {
            p {
                "Measured on " b { (machine_name(machine)) } " (" (machine.cpu) ", "
                (count(machine.cores as usize, "core")) ") in the run " (record.id)
                @if let Some(part) = part(record) { ", part " (part) }
                ", " (environment::started(record)) "."
                @if others > 0 { " " (count(others, "other run")) " of these records " (if others == 1 { "has" } else { "have" }) " this pair, too." }
            }
        }
    }
}

/// The number of other runs that have the pair.
fn others(pair: &PairRecord, record: &Record, records: &[Record]) -> usize {
    let has = |other: &&Record| {
        let is_same = other.id == record.id && identity(&other.machine) == identity(&record.machine);
        !is_same && other.pairs.iter().any(|own| own.name == pair.name)
    };
    runs(records.iter().filter(has))
}

/// Warnings about the divided run that the record is a part of: how its parts differ from each other.
pub(crate) fn doubts(record: &Record, records: &[Record]) -> Vec<crate::record::Warning> {
    if record.settings.shard.is_none() {
        return Vec::new();
    }
    let is_its = |site: &Site<'_>| {
        let mut own = site.records.iter();
        own.any(|own| own.id == record.id && identity(&own.machine) == identity(&record.machine))
    };
    let own = sites(records).into_iter().find(is_its);
    own.map(|site| site.differences().into_iter().collect())
        .unwrap_or_default()
}

/// Whether the pairs were measured on several machines, so that a table has to name them.
pub(crate) fn differ(chosen: &[&PairAnalysis<'_>]) -> bool {
    let mut machines = chosen.iter().map(|one| identity(&one.record.machine));
    let first = machines.next();
    machines.any(|other| Some(other) != first)
}
