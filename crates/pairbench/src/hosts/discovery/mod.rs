//! Finds every Python on the machine: looks where interpreters usually are, queries each, and keeps one of each.
//!
//! What was found and is not used is kept as well, with the reason.

mod candidates;
mod environments;
mod left_out;
mod managers;
mod places;
mod surroundings;
mod system;

pub use left_out::{LeftOut, Reason};
pub use places::Place;
pub use surroundings::Surroundings;

use super::buildable::{Unbuildable, buildable};
use super::probe::{Refusal, probe};
use super::python::{Interpreter, Python, version_numbers};
use candidates::{Candidate, FileId, candidates, file_id};
use places::Sighting;
use rayon::prelude::*;
use serde::{Deserialize, Serialize};
use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// Every interpreter that was found, and every file that looked like one.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Discovery {
    /// Seconds that it took.
    pub seconds: f64,
    /// Interpreters that a worker runs on, by implementation and version; environments follow their base.
    pub found: Vec<Found>,
    /// The rest, and other names of those that were found.
    pub left_out: Vec<LeftOut>,
}

/// An interpreter that a worker runs on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Found {
    /// Its description of itself.
    #[serde(flatten)]
    pub python: Python,
    /// Where it was found, each place once.
    pub places: Vec<Place>,
    /// Why no native extension can be built for it, if that is so.
    pub unbuildable: Option<Unbuildable>,
}

/// Looks everywhere. Each candidate has `limit` to answer; several are queried at a time.
pub fn everywhere(surroundings: &Surroundings, limit: Duration) -> Discovery {
    let start = Instant::now();
    let mut known = Known::default();
    known.probe(sightings(surroundings), surroundings, limit);
    // The base of an environment may be in no place that was searched.
    known.probe(known.unknown_bases(), surroundings, limit);
    let (found, left_out) = known.sorted_out();
    Discovery {
        seconds: start.elapsed().as_secs_f64(),
        found,
        left_out,
    }
}

/// Every file that may be an interpreter, the likeliest places first. A file can occur several times.
fn sightings(surroundings: &Surroundings) -> Vec<Sighting> {
    let mut all = defaults(surroundings);
    all.extend(environments::all(surroundings));
    all.extend(system::on_path(surroundings));
    all.extend(managers::all(surroundings));
    all.extend(system::all(surroundings));
    all
}

fn defaults(surroundings: &Surroundings) -> Vec<Sighting> {
    // A bare name is looked up on PATH, and found there.
    let named = surroundings.defaults.iter().filter(|path| path.is_absolute());
    let there = named.filter(|path| path.is_file());
    there
        .map(|path| Sighting {
            place: Place::Default,
            path: path.clone(),
        })
        .collect()
}

/// What is known so far.
#[derive(Default)]
struct Known {
    interpreters: Vec<(Identity, Python, Vec<Sighting>)>,
    left_out: Vec<LeftOut>,
}

/// What identifies an interpreter: the file that runs, and where its modules are. Environments differ in the
/// second alone.
type Identity = (Option<FileId>, PathBuf);

impl Known {
    fn probe(&mut self, sightings: Vec<Sighting>, surroundings: &Surroundings, limit: Duration) {
        let (candidates, left_out) = candidates(sightings, surroundings);
        self.left_out.extend(left_out);
        let mut answers = probe_all(candidates, limit);
        // An interpreter's own answer comes before that of a shim.
        answers.sort_by_key(|(candidate, answer)| {
            !answer.as_ref().is_ok_and(|python| is_direct(candidate, python))
        });
        for (candidate, answer) in answers {
            match answer {
                Ok(python) => self.add(python, candidate.sightings),
                Err(refusal) => self.left_out.extend(
                    candidate
                        .sightings
                        .iter()
                        .map(|sighting| LeftOut::of(sighting, Reason::Refused(refusal.clone()))),
                ),
            }
        }
    }

    fn add(&mut self, python: Python, sightings: Vec<Sighting>) {
        let identity = (
            file_id(Path::new(&python.about.executable)),
            python.prefix.clone(),
        );
        match self
            .interpreters
            .iter_mut()
            .find(|(known, ..)| *known == identity)
        {
            Some((_, _, known)) => known.extend(sightings),
            None => self.interpreters.push((identity, python, sightings)),
        }
    }

    fn unknown_bases(&self) -> Vec<Sighting> {
        let bases = self
            .interpreters
            .iter()
            .filter_map(|(_, python, _)| python.about.base.as_ref());
        let unknown = bases.filter(|base| self.outside_environments(base).is_none());
        unknown
            .map(|base| Sighting {
                place: Place::Base,
                path: base.into(),
            })
            .collect()
    }

    /// The interpreter that this executable is, if it is known.
    fn outside_environments(&self, executable: &str) -> Option<&Python> {
        let file = file_id(Path::new(executable))?;
        let same = |(identity, python, _): &&(Identity, Python, _)| {
            identity.0.as_ref() == Some(&file) && !python.about.virtual_env
        };
        self.interpreters.iter().find(same).map(|(_, python, _)| python)
    }

    fn sorted_out(mut self) -> (Vec<Found>, Vec<LeftOut>) {
        self.name_bases();
        let mut found = Vec::new();
        let mut left_out: HashSet<LeftOut> = self.left_out.into_iter().collect();
        for (_, python, sightings) in self.interpreters {
            let executable = &python.about.executable;
            let others = sightings
                .iter()
                .filter(|sighting| sighting.path != Path::new(executable));
            left_out.extend(others.map(|sighting| {
                let other = executable.clone();
                LeftOut::of(sighting, Reason::Same { other })
            }));
            let mut places: Vec<Place> = sightings.iter().map(|sighting| sighting.place).collect();
            places.sort();
            places.dedup();
            let unbuildable = buildable(&python.about).err();
            found.push(Found {
                python,
                places,
                unbuildable,
            });
        }
        found.sort_by_cached_key(|found| order(&found.python.about));
        let mut left_out: Vec<_> = left_out.into_iter().collect();
        left_out.sort();
        (found, left_out)
    }

    /// Replaces the base of each environment by the executable that is in the list.
    fn name_bases(&mut self) {
        let name = |python: &Python| {
            let base = python.about.base.as_ref()?;
            Some(self.outside_environments(base)?.about.executable.clone())
        };
        let names: Vec<_> = self
            .interpreters
            .iter()
            .map(|(_, python, _)| name(python))
            .collect();
        for ((_, python, _), name) in self.interpreters.iter_mut().zip(names) {
            python.about.base = name.or(python.about.base.take());
        }
    }
}

/// Whether the queried program is the interpreter that answered, and not something that starts it.
fn is_direct(candidate: &Candidate, python: &Python) -> bool {
    let probed = file_id(&candidate.path);
    probed.is_some() && probed == file_id(Path::new(&python.about.executable))
}

/// Queries several at a time: while one waits for the disk, another can start.
fn probe_all(candidates: Vec<Candidate>, limit: Duration) -> Vec<(Candidate, Result<Python, Refusal>)> {
    let answer = |candidate: Candidate| {
        let answer = probe(&candidate.path, limit);
        (candidate, answer)
    };
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    match rayon::ThreadPoolBuilder::new()
        .num_threads((2 * cores).clamp(4, 32))
        .build()
    {
        Ok(pool) => pool.install(|| candidates.into_par_iter().map(answer).collect()),
        // No threads available: one after the other.
        Err(_) => candidates.into_iter().map(answer).collect(),
    }
}

/// By implementation, version and build; then each followed by the environments that are made from it.
fn order(about: &Interpreter) -> impl Ord + use<> {
    let implementation = match about.implementation.as_str() {
        "CPython" => 0,
        "PyPy" => 1,
        "GraalPy" => 2,
        _ => 3,
    };
    let root = about.base.clone().unwrap_or_else(|| about.executable.clone());
    (
        (implementation, about.implementation.clone()),
        version_numbers(&about.version),
        about.free_threaded,
        root,
        about.virtual_env,
        about.executable.clone(),
    )
}

#[cfg(all(test, unix))]
mod tests;
