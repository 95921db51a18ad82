//! Steps before a port: each function with all it calls, what an extension in its place would gain, and the smallest
//! step that may be enough.

use super::class::Class;
use super::gains::{CALL, ELEMENT_IN, ELEMENT_OUT, EXTENSION_WIDTH};
use super::observe::{Observation, WatchedFunction};
use super::shares::Shares;
use crate::estimate::Share;
use serde::{Deserialize, Deserializer, Serialize};

/// Replacing a function that takes less than this, with all it calls, gains less than 11 %, whatever replaces it.
const SMALLEST: f64 = 0.10;
/// How many are listed.
const MOST: usize = 5;

/// The smallest step that is likely to help.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Step {
    /// A library with a C core, in place of one in pure Python.
    Library,
    /// NumPy, for loops over numbers.
    Numpy,
    /// An extension for this function and all it calls.
    Extension,
}

impl Step {
    /// Its name in a sentence.
    pub fn label(self) -> &'static str {
        match self {
            Step::Library => "a C-backed library in its place",
            Step::Numpy => "NumPy",
            Step::Extension => "an extension",
        }
    }
}

/// A function, with all it calls.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Candidate {
    /// Its name.
    pub function: String,
    /// The line on which it begins.
    pub line: u32,
    /// The smallest step that is likely to help.
    pub step: Step,
    /// Part of the time in its own code.
    pub own: f64,
    /// Part of the time including everything it calls.
    pub total: f64,
    /// What an extension in its place would gain for the whole.
    pub gain: f64,
    /// Lower end; two of eleven were outside such bounds.
    pub low: f64,
    /// Upper end: no more than Amdahl's law allows.
    pub high: f64,
    /// Upper limit (Amdahl): what the whole would gain if it cost nothing. Infinite if it takes all of the time, which
    /// is `null` in JSON.
    #[serde(deserialize_with = "infinite_if_null")]
    pub ceiling: f64,
    /// Calls in a run; `None` if it was not watched.
    pub calls: Option<u64>,
    /// Objects across the boundary in a run.
    pub elements: Option<f64>,
    /// Seconds per run that crossing the boundary would take.
    pub boundary: Option<f64>,
}

fn infinite_if_null<'de, D: Deserializer<'de>>(deserializer: D) -> Result<f64, D::Error> {
    Ok(Option::deserialize(deserializer)?.unwrap_or(f64::INFINITY))
}

/// The most promising functions, the largest gain first. `seconds` is the time of a run, and `sampled` the part of it
/// that the samples cover.
pub(super) fn candidates(seen: &Observation, seconds: f64, sampled: f64) -> Vec<Candidate> {
    let count = seen.samples.len();
    let mut all: Vec<Candidate> = (0..seen.functions.len())
        .filter_map(|at| {
            let inside = || seen.samples.iter().filter(|sample| sample.stack.contains(&at));
            let (total, own) = (
                inside().count(),
                inside().filter(|one| one.stack[0] == at).count(),
            );
            let total = total as f64 / count.max(1) as f64;
            let share = Share::of(total * sampled, count as u64);
            if share.value < SMALLEST
                || !can_be_replaced(&seen.functions[at].name, own as f64 * 2.0 > total * count as f64)
            {
                return None;
            }
            let shares = Shares::of(inside().map(|sample| &sample.work));
            let function = &seen.functions[at];
            let watched = seen.watched.as_ref().and_then(|watched| {
                let last = function.name.rsplit(['.', ':']).next()?;
                let mut functions = watched.functions.iter();
                functions.find(|one| one.name == last && one.line == function.line)
            });
            let is_foreign = match watched {
                Some(watched) => watched.origin != "own",
                None => seen.foreign.contains(&at),
            };
            let boundary = watched.map(crossing);
            let lost = boundary.map_or(0.0, |boundary| boundary / seconds);
            let gain = 1.0 / (1.0 - share.value + share.value / shares.gain()? + lost);
            let ceiling = share.ceiling();
            let high = (gain * EXTENSION_WIDTH).min(ceiling.high);
            Some(Candidate {
                function: function.name.trim_start_matches("statement:").into(),
                line: function.line,
                step: step(&function.name, is_foreign, &shares),
                own: own as f64 / count as f64,
                total,
                gain,
                low: (gain / EXTENSION_WIDTH).max(gain.min(1.0)),
                high: high.max(gain),
                ceiling: ceiling.value,
                calls: watched.map(|one| one.calls),
                elements: watched.map(|one| one.elements().0 + one.elements().1),
                boundary,
            })
        })
        .collect();
    all.sort_by(|a, b| b.gain.total_cmp(&a.gain));
    without_wrappers(all)
}

/// Code that imports modules or runs threads and processes is not a program's own work. The top level of a module is a
/// candidate only if it is most of the work.
fn can_be_replaced(name: &str, is_most: bool) -> bool {
    let machinery = [
        "importlib._bootstrap",
        "threading:",
        "concurrent.futures.",
        "multiprocessing.",
    ];
    !machinery.iter().any(|module| name.starts_with(module)) && (is_most || !name.ends_with(":<module>"))
}

/// Seconds that all calls of a run would spend on crossing the boundary.
fn crossing(function: &WatchedFunction) -> f64 {
    let (taken, made) = function.elements();
    function.calls as f64 * CALL + taken * ELEMENT_IN + made * ELEMENT_OUT
}

/// Of functions that only call each other, and so take the same part of the time, keeps the one with the most own time.
fn without_wrappers(all: Vec<Candidate>) -> Vec<Candidate> {
    let mut kept: Vec<Candidate> = Vec::new();
    for one in all {
        let alike = |other: &&mut Candidate| (other.total - one.total).abs() < 0.02;
        match kept.iter_mut().find(alike) {
            Some(other) if one.own > other.own => *other = one,
            Some(_) => {}
            None => kept.push(one),
        }
    }
    kept.truncate(MOST);
    kept
}

fn step(name: &str, is_foreign: bool, shares: &Shares) -> Step {
    match () {
        () if is_foreign && !name.contains("__main__:") => Step::Library,
        () if shares.share(Class::Vector) > 0.5 => Step::Numpy,
        () => Step::Extension,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_infinite_ceiling_survives_json() {
        let whole = Candidate {
            function: "slug".into(),
            line: 1,
            step: Step::Extension,
            own: 1.0,
            total: 1.0,
            gain: 20.0,
            low: 10.0,
            high: 40.0,
            ceiling: f64::INFINITY,
            calls: None,
            elements: None,
            boundary: None,
        };
        let text = serde_json::to_string(&whole).unwrap();
        assert_eq!(serde_json::from_str::<Candidate>(&text).unwrap(), whole);
    }
}
