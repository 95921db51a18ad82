//! Launches that run side by side: the checks of verification, the steps of diagnosers.

use crate::dig::{self, LastCall};
use crate::hosts::Fault;
use crate::hosts::launcher::{Ended, Launched};
use crate::run::launch::events::{read_events, with_output};
use crate::run::launch::process::Role;
use crate::run::state::{Run, Who};
use serde::de::DeserializeOwned;
use std::path::PathBuf;
use std::time::Duration;

/// How often a pool checks its launches.
const INTERVAL: Duration = Duration::from_millis(5);

/// The launches that are running, each with its job.
pub(crate) struct Pool<J> {
    running: Vec<Running<J>>,
    at_once: usize,
}

struct Running<J> {
    job: J,
    launched: Launched,
    events: PathBuf,
}

/// A launch that ended or hit a limit, or that the user stopped.
pub(crate) struct Over<J, E> {
    pub job: J,
    pub events: Vec<E>,
    /// How it ended, if it ended badly.
    pub fault: Option<Fault>,
    pub seconds: f64,
    /// The last lines of its output.
    pub tail: String,
    /// Whether the user stopped it.
    pub stopped: bool,
    /// The call that it was making, if it digs.
    pub call: Option<LastCall>,
}

impl<J> Pool<J> {
    /// An empty pool, for at most this many launches at a time.
    pub fn new(at_once: usize) -> Self {
        Pool {
            running: Vec::new(),
            at_once,
        }
    }

    pub fn is_empty(&self) -> bool {
        self.running.is_empty()
    }

    pub fn has_room(&self) -> bool {
        self.running.len() < self.at_once
    }

    pub fn jobs(&self) -> impl Iterator<Item = &J> {
        self.running.iter().map(|one| &one.job)
    }

    /// Starts a launch with this interpreter.
    pub fn start(
        &mut self,
        run: &mut Run<'_>,
        job: J,
        role: Role,
        interpreter: usize,
        hash_seed: u32,
    ) -> Result<(), String> {
        let (launched, events) = run.launch(role, Who::One(interpreter), hash_seed)?;
        self.running.push(Running {
            job,
            launched,
            events,
        });
        Ok(())
    }

    /// Ends one launch if all together take more memory than one launch may. Returns its job, which may well fit alone:
    /// from then on the launches of this pool run one at a time.
    pub fn relieve(&mut self, run: &Run<'_>) -> Option<J> {
        let limit = run.launches.limits.memory?;
        let held: u64 = self.running.iter().map(|one| one.launched.memory().0).sum();
        if self.running.len() < 2 || held <= limit.0 {
            return None;
        }
        let Running { job, events, .. } = self.running.pop()?;
        run.launches.discard(&events);
        self.at_once = 1;
        Some(job)
    }

    /// Waits a moment, and takes out the launches that have ended since the last call, but not those that the user stopped.
    pub fn ended<E: DeserializeOwned>(&mut self, run: &Run<'_>) -> Vec<Over<J, E>> {
        let mut over = self.ended_or_stopped(run);
        over.retain(|one| !one.stopped);
        over
    }

    /// Like [`ended`](Self::ended), including those that the user stopped.
    pub fn ended_or_stopped<E: DeserializeOwned>(&mut self, run: &Run<'_>) -> Vec<Over<J, E>> {
        std::thread::sleep(INTERVAL);
        let mut over = Vec::new();
        let mut at = 0;
        while at < self.running.len() {
            let Some(ended) = self.running[at].launched.poll(run.stop) else {
                at += 1;
                continue;
            };
            let Running {
                job,
                mut launched,
                events: path,
            } = self.running.remove(at);
            let events = read_events(&path);
            let call = dig::last_call(&path);
            run.launches.discard(&path);
            let tail = launched.tail();
            let stopped = ended == Ended::Stopped;
            let fault = match ended {
                Ended::Stopped | Ended::Well => None,
                Ended::Badly(fault) => Some(with_output(fault, tail.clone())),
            };
            over.push(Over {
                job,
                events,
                fault,
                seconds: launched.elapsed().as_secs_f64(),
                tail,
                stopped,
                call,
            });
        }
        over
    }
}
