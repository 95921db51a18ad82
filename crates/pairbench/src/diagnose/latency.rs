//! How long single requests of a concurrent pair take.
//!
//! The samples of a pair give throughput. Someone who waits for one answer cares about something else: what most
//! requests take, and what the slow ones take. An answer must be the same in every call, so times cannot be part of it;
//! they come from a separate function beside the variant, which does the same work and records a time for each request.

use super::{About, Diagnose, Finding, PairDiagnoses, Setting, Step, Target};
use crate::estimate::tail;
use crate::hosts::{Fault, Handle, Host, HostSet, Hosts};
use crate::registry::{Entry, Variant, pickle};
use serde::{Deserialize, Serialize};
use std::time::{Duration, Instant};

/// How long a process keeps calling, unless it reaches enough requests first.
const LONGEST: Duration = Duration::from_secs(1);

/// Enough requests: a hundred of them lie beyond the last quantile.
const ENOUGH: usize = 100_000;

/// Minimum number of calls: a single one might be a bad one.
const FEWEST_CALLS: u32 = 3;

/// How long requests of one variant took, all calls together.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct VariantLatency {
    /// The variant.
    pub variant: String,
    /// Requests that were timed.
    pub requests: u64,
    /// Quantiles, as (probability, seconds), by probability; the last is the maximum, at 1.
    pub quantiles: Vec<(f64, f64)>,
}

impl VariantLatency {
    /// The quantile at this probability, in seconds, if it is known.
    pub fn at(&self, probability: f64) -> Option<f64> {
        let known = self.quantiles.iter().find(|(p, _)| *p == probability);
        known.map(|(_, seconds)| *seconds)
    }
}

pub(super) struct Pass;

impl Diagnose for Pass {
    fn about(&self) -> About {
        About::named("latency")
    }

    fn steps<'a>(&self, entry: &Entry, variants: &[&'a Variant], _cores: u32) -> Vec<Target<'a>> {
        let timed = variants
            .iter()
            .filter(|v| entry.pair.latencies().contains(&v.name));
        timed.map(|v| (Some(v.name.as_str()), None)).collect()
    }

    fn is_answered(&self, found: &PairDiagnoses, step: &Step) -> bool {
        let variant = step.variant.as_deref();
        found
            .latency
            .iter()
            .any(|known| Some(known.variant.as_str()) == variant)
    }

    fn run(
        &self,
        step: &Step,
        _entry: &Entry,
        hosts: &mut Hosts<'_>,
        setting: Setting<'_>,
        report: &mut dyn FnMut(Finding),
    ) -> Result<(), Fault> {
        run(step, hosts, setting, report)
    }
}

/// Times the requests of the variant.
///
/// # Errors
///
/// The fault of the variant.
fn run(
    step: &Step,
    hosts: &mut dyn HostSet,
    setting: Setting<'_>,
    report: &mut dyn FnMut(Finding),
) -> Result<(), Fault> {
    let Some(variant) = &step.variant else {
        return Ok(());
    };
    let (host, name) = hosts.for_contestant(variant)?;
    let timer = format!("{}{name}", Variant::LATENCIES);
    let handle = host.open(&timer, setting.size, setting.seed)?.handle;
    host.settle()?;
    let seconds = requests(host, handle)?;
    host.close(handle)?;
    let latency = VariantLatency {
        variant: variant.clone(),
        requests: seconds.len() as u64,
        quantiles: tail(&seconds),
    };
    report(Finding::Latency { latency });
    Ok(())
}

/// The times of all requests of several calls, except for the first call, which is cold.
fn requests(host: &mut dyn Host, handle: Handle) -> Result<Vec<f64>, Fault> {
    seconds(&host.call(handle)?.output)?;
    let start = Instant::now();
    let mut all = Vec::new();
    let mut calls = 0;
    while calls < FEWEST_CALLS || (start.elapsed() < LONGEST && (1..ENOUGH).contains(&all.len())) {
        all.extend(seconds(&host.call(handle)?.output)?);
        calls += 1;
    }
    if all.is_empty() {
        return Err(Fault::Answer {
            message: "no request was timed; the input of this case has none".into(),
        });
    }
    Ok(all)
}

/// The times that a call recorded.
fn seconds(output: &[u8]) -> Result<Vec<f64>, Fault> {
    let odd = |why: String| Fault::Answer {
        message: format!("latencies are a list of seconds, as floats; {why}"),
    };
    pickle::check(output).map_err(|why| odd(format!("the pickle {why}")))?;
    let options = serde_pickle::DeOptions::new();
    let seconds: Vec<f64> =
        serde_pickle::from_slice(output, options).map_err(|error| odd(error.to_string()))?;
    match seconds.iter().find(|s| !(s.is_finite() && **s >= 0.0)) {
        Some(impossible) => Err(odd(format!("{impossible} is not a duration"))),
        None => Ok(seconds),
    }
}

#[cfg(test)]
mod tests;
