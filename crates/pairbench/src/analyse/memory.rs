//! Unexpected findings of the memory diagnoser.

use crate::diagnose::memory::VariantMemory;
use crate::record::{PairRecord, Subject, Warning, WarningKind};
use crate::text::percent;

/// Two warm calls of a deterministic program allocate the same, apart from a few blocks in free lists.
const VARIES: f64 = 0.01;
/// The part of a call's time that the collector may take without a warning.
const COLLECTS: f64 = 0.1;

pub(super) fn find(pair: &PairRecord) -> Vec<Warning> {
    let memory = &pair.diagnoses.memory;
    let mut all: Vec<Warning> = memory.iter().filter_map(|one| varies(pair, one)).collect();
    all.extend(memory.iter().filter_map(|one| collects(pair, one)));
    // All variants usually lack counts for the same reason.
    let reason = memory.iter().find_map(|one| one.uncounted.as_deref());
    all.extend(reason.map(|reason| {
        let figure = reason.lines().next().unwrap_or_default();
        WarningKind::NotCounted.found(vec![Subject::pair(&pair.name)], figure)
    }));
    all
}

fn about(pair: &PairRecord, memory: &VariantMemory) -> Vec<Subject> {
    vec![Subject {
        variant: Some(memory.variant.clone()),
        ..Subject::pair(&pair.name)
    }]
}

fn varies(pair: &PairRecord, memory: &VariantMemory) -> Option<Warning> {
    let by = memory.wavers_by().filter(|by| *by > VARIES)?;
    let (first, second) = (memory.counts?.allocations, memory.again?.allocations);
    let figure = format!("{first} allocations, then {second} ({})", percent(by));
    Some(WarningKind::CountsWaver.found(about(pair, memory), figure))
}

fn collects(pair: &PairRecord, memory: &VariantMemory) -> Option<Warning> {
    let collections = memory.collections?;
    let share = collections.share();
    let figure = format!(
        "{} of a call, in {:.3} collections",
        percent(share),
        collections.number
    );
    (share >= COLLECTS).then(|| WarningKind::CollectorTime.found(about(pair, memory), figure))
}
