//! The clock of a run, and where its time went.

use crate::measure::clock::{SystemClock, Watch};
use crate::record::{Phase, Record};
use std::time::{Duration, Instant};

/// Runs from the end of the builds. It stops while the machine sleeps.
#[derive(Debug)]
pub(crate) struct Clock {
    /// How long earlier sessions of the run took.
    earlier: Duration,
    started: Instant,
    /// Time that does not count: the builds before the run, and while all processes were frozen.
    left_out: Duration,
    /// What the machine's clocks do while the run goes on.
    pub watch: Watch<SystemClock>,
}

impl Clock {
    /// Starts where the earlier sessions of this record ended.
    pub fn start(record: &Record) -> Self {
        Clock {
            earlier: Duration::from_secs_f64(seconds_so_far(record)),
            started: Instant::now(),
            left_out: Duration::ZERO,
            watch: Watch::new(SystemClock::default()),
        }
    }

    /// Wall time since the builds were done, including earlier sessions.
    pub fn elapsed(&self) -> Duration {
        self.earlier + self.started.elapsed().saturating_sub(self.left_out)
    }

    /// Excludes this time.
    pub fn leave_out(&mut self, time: Duration) {
        self.left_out += time;
    }
}

/// Adds to a phase's duration.
pub(crate) fn spend(record: &mut Record, phase: &str, time: Duration) {
    match record.phases.iter_mut().find(|known| known.name == phase) {
        Some(known) => known.seconds += time.as_secs_f64(),
        None => record.phases.push(Phase {
            name: phase.into(),
            seconds: time.as_secs_f64(),
        }),
    }
}

/// How long earlier sessions of a run took, in seconds: to the end of their phases, or of the last launch, whichever is
/// later. A session that was killed has not counted its last launch's phase.
pub(crate) fn seconds_so_far(record: &Record) -> f64 {
    let launches = record
        .pairs
        .iter()
        .chain(&record.nulls)
        .flat_map(|pair| &pair.launches);
    let ends = launches.map(|launch| launch.started_s + launch.wall_s);
    ends.fold(record.run_seconds(), f64::max)
}
