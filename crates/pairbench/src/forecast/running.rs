//! Forecasts for an already running process: it is watched for a while and left running.

use super::observe::Observation;
use super::{Failure, Forecast, Request};
use crate::hosts::interpreter::{Python, choose};

/// The interpreter of a process, or the one that the user names for it.
///
/// # Errors
///
/// If it cannot be sampled: there is no such process, it is not CPython, or it may not be read.
pub fn interpreter_of(process: u32, named: Option<&str>) -> Result<Python, String> {
    let executable = match named {
        Some(named) => {
            linux::find(process)?;
            named.to_string()
        }
        None => linux::executable(process)?,
    };
    choose(Some(&executable)).map_err(|error| error.to_string())
}

/// Watches a process and forecasts.
pub(super) fn forecast(
    request: &Request,
    process: u32,
    progress: &mut dyn FnMut(&str),
) -> Result<Forecast, Failure> {
    let (name, seen) = linux::observe(request, process, progress)?;
    if seen.samples.is_empty() {
        return Err(Failure::Failed(match seen.watched_process {
            Some(watched) if !watched.ended => {
                format!("{name} was in no function of Python while it was watched")
            }
            _ => format!("{name} ended before anything could be seen of it"),
        }));
    }
    let forecast = super::of(request, &seen)?;
    Ok(Forecast {
        workload: name,
        ..forecast
    })
}

#[cfg(not(target_os = "linux"))]
mod linux {
    use super::*;

    const REFUSED: &str = "--pid needs Linux: elsewhere the stack of another process cannot be read. Forecast a program, a function or a \
         statement instead";

    pub(super) fn find(_process: u32) -> Result<(), String> {
        Err(REFUSED.into())
    }

    pub(super) fn executable(_process: u32) -> Result<String, String> {
        Err(REFUSED.into())
    }

    pub(super) fn observe(
        _request: &Request,
        _process: u32,
        _progress: &mut dyn FnMut(&str),
    ) -> Result<(String, Observation), Failure> {
        Err(Failure::Refused(REFUSED.into()))
    }
}

#[cfg(target_os = "linux")]
mod linux {
    use super::*;
    use crate::forecast::classify::Work;
    use crate::forecast::observe::{ENOUGH, Sample};
    use crate::forecast::watched::WatchedProcess;
    use crate::forecast::workload::Prepared;
    use crate::forecast::{BUDGET, PATIENCE};
    use crate::hosts::Fault;
    use crate::hosts::running::{Running, RunningSample, Target, watch};

    pub(super) fn find(process: u32) -> Result<Target, String> {
        Target::find(process)
    }

    pub(super) fn executable(process: u32) -> Result<String, String> {
        let target = find(process)?;
        Ok(target.executable()?.to_string_lossy().into_owned())
    }

    pub(super) fn observe(
        request: &Request,
        process: u32,
        progress: &mut dyn FnMut(&str),
    ) -> Result<(String, Observation), Failure> {
        let target = find(process).map_err(Failure::Refused)?;
        let name = target.name();
        let prepared = Prepared::new(&request.workload, &request.python, None, PATIENCE);
        let prepared = prepared.map_err(Failure::Refused)?;
        progress("learning from another process of the same interpreter");
        let mut model = prepared.worker(1).map_err(refused)?;
        // A user who names a duration wants all of it watched.
        let (enough, longest) = match request.duration {
            Some(duration) => (usize::MAX, duration),
            None => (ENOUGH, BUDGET),
        };
        progress(&format!("watching {name}"));
        let running = watch(target, &mut model, enough, longest).map_err(refused)?;
        Ok((name, of(running)))
    }

    /// None of these faults comes from what the process does.
    fn refused(fault: Fault) -> Failure {
        match fault {
            Fault::Harness { message } => Failure::Refused(message),
            other => Failure::Refused(format!("the interpreter told nothing about itself: {other}")),
        }
    }

    fn of(running: Running) -> Observation {
        let part = |part: f64, whole: f64| if whole > 0.0 { part / whole } else { 0.0 };
        let seconds = running.watched.as_secs_f64();
        let watched = WatchedProcess {
            cpu: part(running.cpu.as_secs_f64(), seconds),
            waits: part(running.waits as f64, running.ticks as f64),
            computing: running.samples.len(),
            threads: running.threads,
            others: running.others,
            main_only: running.main_only,
            children: running.children,
            ended: running.ended,
        };
        // If it computed in no sample, the samples show what it waits for.
        let samples = match running.samples.is_empty() {
            true => running.waiting,
            false => running.samples,
        };
        Observation {
            times: vec![seconds],
            foreign: (running.functions.iter().enumerate())
                .filter_map(|(at, function)| function.foreign.then_some(at))
                .collect(),
            functions: running.functions.into_iter().map(Into::into).collect(),
            samples: samples
                .into_iter()
                .filter(|one| !one.stack.is_empty())
                .map(sample)
                .collect(),
            named: running.named,
            watched_process: Some(watched),
            ..Observation::default()
        }
    }

    fn sample(one: RunningSample) -> Sample {
        let work = Work {
            operation: one.operation,
            library: one.spot.library,
            symbol: one.spot.symbol,
            in_system_call: one.in_system_call,
            ..Work::default()
        };
        Sample::new(one.stack, work)
    }
}
