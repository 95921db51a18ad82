//! pairbench's own launches, through the machinery that `cargo bench` goes through.

use super::report::results::{Key, Launch};
use super::roles;
use super::workloads::{SEED, registry, variant};
use pairbench::estimate::launch_log_ratio;
use pairbench::hosts::Hosts;
use pairbench::hosts::interpreter::Python;
use pairbench::hosts::launcher::{self, Ended, Stop};
use pairbench::hosts::worker::{PROGRAM, WorkerSetup};
use pairbench::measure::launch::{self, Event, Job, Sampling};
use pairbench::registry::Variant;
use serde::{Deserialize, Serialize};
use std::error::Error;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// As in a plain run of `cargo bench`.
const SAMPLES: usize = 12;
const WARM_UP: Duration = Duration::from_millis(50);
const MEASUREMENT: Duration = Duration::from_millis(300);
const RESAMPLES: usize = 2_000;
/// Time limit of a launch; none takes nearly as long.
const LIMIT: Duration = Duration::from_secs(60);

/// Description of a launch for its process.
#[derive(Debug, Serialize, Deserialize)]
struct Spec {
    python: Python,
    program: PathBuf,
    hash_seed: u32,
    events: PathBuf,
    job: Job,
}

/// Starts launches.
pub struct Launcher<'a> {
    pub python: &'a Python,
    pub folder: &'a Path,
    pub stop: &'static Stop,
}

impl Launcher<'_> {
    /// One launch of one comparison; `None` if the run is to stop.
    ///
    /// # Errors
    ///
    /// What went wrong in it.
    pub fn launch(&self, key: Key, order_seed: u64) -> Result<Option<Launch>, String> {
        let file = |name: &str| self.folder.join(name);
        let (spec_path, events) = (file("spec.json"), file("events.jsonl"));
        let _ = std::fs::remove_file(&events);
        let write = |path: &Path, bytes: &[u8]| {
            std::fs::write(path, bytes).map_err(|error| format!("{}: {error}", path.display()))
        };
        write(&file("worker.py"), PROGRAM.as_bytes())?;
        // Half of the bits are enough.
        let hash_seed = (order_seed >> 32) as u32;
        let spec = Spec {
            python: self.python.clone(),
            program: file("worker.py"),
            hash_seed,
            events: events.clone(),
            job: job(key, order_seed, file("criterion-of-launch")),
        };
        write(&spec_path, &serde_json::to_vec(&spec).expect("plain data"))?;
        let start = Instant::now();
        let launched = launcher::launch(
            &[roles::LAUNCH, &spec_path.to_string_lossy()],
            &file("output"),
            roles::limits(LIMIT),
            hash_seed,
            &[],
            &[],
        );
        let ended = launched
            .map_err(|error| format!("cannot start a launch: {error}"))?
            .wait(self.stop, || {});
        let wall_s = start.elapsed().as_secs_f64();
        match ended {
            Ended::Stopped => Ok(None),
            Ended::Badly(fault) => Err(fault.to_string()),
            Ended::Well => Ok(Some(Launch {
                key,
                log: log_ratio(&events)?,
                wall_s,
            })),
        }
    }
}

fn job(key: Key, order_seed: u64, criterion_dir: PathBuf) -> Job {
    let contestant = match key.slowed {
        0 => Variant::NULL.to_string(),
        slowed => variant(key.side, slowed),
    };
    Job {
        pair: key.work.name().into(),
        size: key.work.size(key.side),
        other_size: None,
        seed: SEED,
        order_seed,
        baseline: variant(key.side, 0),
        contestants: vec![contestant],
        sampling: Sampling {
            sample_size: SAMPLES,
            warm_up: WARM_UP,
            measurement: MEASUREMENT,
            resamples: RESAMPLES,
            criterion_dir,
            plots: false,
        },
        known: Default::default(),
        compiled: Default::default(),
    }
}

/// The launch's log ratio, from its events.
fn log_ratio(events: &Path) -> Result<f64, String> {
    let text = std::fs::read_to_string(events).map_err(|error| format!("{}: {error}", events.display()))?;
    let events_read = text.lines().filter_map(|line| serde_json::from_str(line).ok());
    let mut problem = "a launch produced no samples".to_string();
    for event in events_read {
        match event {
            Event::Took { comparison, .. } => {
                let baseline: Vec<f64> = comparison.baseline_samples.per_call().collect();
                let variant: Vec<f64> = comparison.variant_samples.per_call().collect();
                return launch_log_ratio(&baseline, &variant).ok_or(problem);
            }
            Event::Fails { failure } => problem = format!("{} {}", failure.variant, failure.fault),
            Event::Starts { .. } | Event::Done => {}
        }
    }
    Err(problem)
}

/// What the launched process does.
///
/// # Errors
///
/// If it cannot read its description or write its events.
pub fn child(spec: &Path) -> Result<(), Box<dyn Error>> {
    let spec: Spec = serde_json::from_slice(&std::fs::read(spec)?)?;
    let mut events = std::fs::File::create(&spec.events)?;
    let registry = registry();
    let entry = registry.get(&spec.job.pair).ok_or("no such pair")?;
    let setup = WorkerSetup {
        python: &spec.python,
        program: &spec.program,
        extension_dir: None,
        hash_seed: spec.hash_seed,
    };
    let mut hosts = Hosts::new(entry, setup, None).against(&spec.job.baseline);
    launch::run(&spec.job, &mut hosts, &mut |event| {
        let mut line = serde_json::to_vec(&event).expect("events are plain data");
        line.push(b'\n');
        events
            .write_all(&line)
            .expect("the folder of the run can be written");
    });
    Ok(())
}
