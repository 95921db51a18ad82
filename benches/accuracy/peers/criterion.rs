//! criterion: one fresh process measures one side, compares it with the last process that measured the side that is not
//! slowed, and prints its verdict.

use super::{Peer, Run, printed};
use crate::report::results::{CriterionRun, Key, ShortRun};
use crate::report::text::{self, Change};
use crate::roles;
use crate::workloads::{Work, rounds};
use criterion::Criterion;
use pairbench::hosts::launcher::Stop;
use serde::{Deserialize, Serialize};
use std::error::Error;
use std::hint::black_box;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// How long a process measures.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
enum Length {
    Whole,
    /// A fifth of it, to see whether that would have been enough for ±2 %, and right.
    Short,
}

/// Its defaults are 3 s of warm-up and 5 s of measurement. Both are halved, so that a process takes about five seconds
/// with its analysis. Everything else (100 samples, 100,000 resamples, noise threshold 1 %, significance level 5 %) is
/// the default, except that no plots are drawn.
const WARM_UP: Duration = Duration::from_millis(1_500);
const MEASUREMENT: Duration = Duration::from_millis(2_500);

/// criterion, and where its files are.
pub struct Processes {
    pub folder: PathBuf,
    pub stop: &'static Stop,
}

#[derive(Debug, Serialize, Deserialize)]
struct Spec {
    work: Work,
    slowed: u32,
    length: Length,
    /// Where criterion keeps what the next process is compared with.
    folder: PathBuf,
}

impl Peer for Processes {
    fn run(&mut self, key: Key) -> Result<Option<Run>, String> {
        let short = match key.slowed {
            0 => match self.process(key, Length::Short)? {
                None => return Ok(None),
                Some((wall_s, change)) => Some(ShortRun { wall_s, change }),
            },
            _ => None,
        };
        let whole = self.process(key, Length::Whole)?;
        Ok(whole.map(|(wall_s, change)| {
            Run::Criterion(CriterionRun {
                key,
                wall_s,
                change,
                short,
            })
        }))
    }
}

impl Processes {
    /// One process: its wall time, and the change that it reported. `None` if the bench is to stop.
    fn process(&self, key: Key, length: Length) -> Result<Option<(f64, Option<Change>)>, String> {
        let condition = if key.busy { "busy" } else { "quiet" };
        let spec = Spec {
            work: key.work,
            slowed: key.slowed,
            length,
            folder: self.folder.join(format!("criterion-{length:?}-{condition}")),
        };
        let path = self.folder.join("criterion.json");
        std::fs::write(&path, serde_json::to_vec(&spec).expect("plain data"))
            .map_err(|error| format!("{}: {error}", path.display()))?;
        let start = Instant::now();
        let arguments = [roles::CRITERION, &path.to_string_lossy()];
        let printed = printed(&arguments, &self.folder.join("criterion-output"), self.stop)?;
        let wall_s = start.elapsed().as_secs_f64();
        printed
            .map(|printed| Ok((wall_s, text::criterion(&printed)?)))
            .transpose()
    }
}

/// What the process does. The side that is not slowed is measured as `cargo bench` with criterion does it, and becomes
/// the base of the next comparison; a slowed side is compared with that base and leaves it in place.
///
/// # Errors
///
/// If it cannot read its description.
pub fn child(spec: &Path) -> Result<(), Box<dyn Error>> {
    let spec: Spec = serde_json::from_slice(&std::fs::read(spec)?)?;
    let part = match spec.length {
        Length::Whole => 1,
        Length::Short => 5,
    };
    let mut criterion = Criterion::default()
        .warm_up_time(WARM_UP / part)
        .measurement_time(MEASUREMENT / part)
        .output_directory(&spec.folder)
        .with_output_color(false)
        .without_plots();
    if spec.slowed > 0 {
        criterion = criterion.retain_baseline("base".into(), true);
    }
    let work = spec.work.rust();
    let rounds = rounds(spec.slowed);
    criterion.bench_function(spec.work.name(), |bencher| {
        bencher.iter(|| work(black_box(rounds)));
    });
    Ok(())
}
