//! The inputs that a dig starts with.

use super::Digger;
use crate::dig::Job;
use crate::hosts::rust::guarded;
use crate::registry::plain::Plain;

/// Small sizes for generators, which may refuse them.
const SMALL: [u64; 7] = [0, 1, 2, 3, 5, 8, 13];
/// How many inputs a dig starts with, the smallest first.
const SEEDS: usize = 2000;

impl Digger<'_, '_> {
    /// The pair's inputs: the calls of its file, or what it generates for small sizes; and the same with fewer items.
    pub(super) fn seeds(&self, job: &Job) -> Vec<Plain> {
        let pair = &self.entry.pair;
        let mut sizes = job.sizes.clone();
        sizes.sort_unstable();
        let made = match pair.has_file() {
            true => vec![(sizes.last().copied().unwrap_or(1), job.seed)],
            false => {
                let smallest = sizes.first().copied().unwrap_or(1);
                let small = SMALL.iter().copied();
                small
                    .chain([smallest])
                    .flat_map(|size| [(size, job.seed), (size, job.seed + 1)])
                    .collect()
            }
        };
        let calls = made
            .into_iter()
            .filter_map(|(size, seed)| guarded(|| pair.calls(size, seed)).ok()?.ok());
        let mut all: Vec<Plain> = Vec::new();
        for call in calls.flatten() {
            for items in [1, 2, 4, 8] {
                let fewer = cut(&call, items);
                if fewer != call && !all.contains(&fewer) {
                    all.push(fewer);
                }
            }
            if !all.contains(&call) {
                all.push(call);
            }
            if all.len() > 5 * SEEDS {
                break;
            }
        }
        all.sort_by_cached_key(Plain::size);
        all.truncate(SEEDS);
        all
    }
}

/// The value with at most this many items in each list and dict of it, and texts and bytes that are not much longer.
fn cut(value: &Plain, items: usize) -> Plain {
    let all = |values: &[Plain]| values.iter().map(|value| cut(value, items)).collect();
    match value {
        Plain::List(values) => Plain::List(all(&values[..values.len().min(items)])),
        Plain::Tuple(values) => Plain::Tuple(all(values)),
        // Fields of a struct are not left out.
        Plain::Dict(fields) => {
            let is_struct = fields.len() <= 12 && fields.iter().all(|(key, _)| matches!(key, Plain::Str(_)));
            let most = if is_struct { fields.len() } else { items };
            let some = fields.iter().take(most);
            Plain::Dict(
                some.map(|(key, value)| (key.clone(), cut(value, items)))
                    .collect(),
            )
        }
        Plain::Str(text) if text.len() > 64 => Plain::Str(text.chars().take(8 * items).collect()),
        Plain::Bytes(bytes) if bytes.len() > 64 => Plain::Bytes(bytes[..8 * items].into()),
        other => other.clone(),
    }
}
