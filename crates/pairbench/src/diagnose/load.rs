//! How servers do under load that does not wait for them, and what a request costs.
//!
//! The samples of a pair of servers are those of a closed loop: who waits for an answer asks nothing meanwhile, so a slow
//! server is asked less. Visitors do not wait for each other. Here requests come at fixed times, at rates that are shares of what
//! the slower side can do at most, and a latency counts from the time at which the request was to be sent: a server that falls behind
//! is charged for all who had to wait (Tene, "How not to measure latency", 2013, calls the omission of these coordinated).

use super::{About, Diagnose, Finding, PairDiagnoses, Setting, Step, Target};
use crate::estimate::tail;
use crate::hosts::served::Servers;
use crate::hosts::{Fault, Handle, Host, HostSet, Hosts};
use crate::registry::{Entry, Side, Variant};
use rand::SeedableRng;
use rand::rngs::StdRng;
use rand::seq::SliceRandom;
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// How often both servers are started anew.
const LAUNCHES: u32 = 6;

/// What the closed loop takes that shows what a server can do at most.
const CLOSED: Duration = Duration::from_millis(500);

/// What each rate takes at the least.
const PACED: Duration = Duration::from_secs(1);

/// The fewest requests at each rate. Of 1,100 requests 11 take longer than the 99th percentile, which is enough to report it.
const ENOUGH: f64 = 1_100.0;

/// The rates, as shares of what the slower side can do at most.
const SHARES: [f64; 3] = [0.3, 0.6, 0.8];

/// A server under load, launch by launch.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct VariantLoad {
    /// The variant.
    pub variant: String,
    /// Each with a server of its own; those of two variants at the same place ran next to each other.
    pub launches: Vec<LaunchLoad>,
}

/// A server under load.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LaunchLoad {
    /// Requests a second in a closed loop over the connections of the case.
    pub most: f64,
    /// CPU seconds for each of these requests; `None` where the system does not tell.
    pub cpu: Option<RequestCpu>,
    /// Bytes that the server's processes hold after it; `None` where the system does not tell.
    pub memory: Option<u64>,
    /// By rate.
    pub paced: Vec<Paced>,
}

/// Where the CPU time of a request goes, in seconds.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct RequestCpu {
    /// The processes of the server.
    pub server: f64,
    /// What it uses, a database say.
    pub beside: f64,
    /// The client in the bench process.
    pub client: f64,
}

/// Requests at fixed times.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Paced {
    /// Requests a second, all at the same distance.
    pub rate: f64,
    /// How many.
    pub requests: u64,
    /// Quantiles of the seconds from the time at which a request was to be sent to its answer, as (probability, seconds), by
    /// probability; the last is the maximum, at 1.
    pub quantiles: Vec<(f64, f64)>,
}

impl VariantLoad {
    fn gather(all: &mut Vec<VariantLoad>, variant: &str, launch: LaunchLoad) {
        match all.iter_mut().find(|known| known.variant == variant) {
            Some(known) => known.launches.push(launch),
            None => all.push(VariantLoad {
                variant: variant.into(),
                launches: vec![launch],
            }),
        }
    }
}

pub(super) struct Pass;

impl Diagnose for Pass {
    fn about(&self) -> About {
        About {
            is_cheap: false,
            step_seconds: 90.0,
            ..About::named("load")
        }
    }

    fn steps<'a>(&self, entry: &Entry, variants: &[&'a Variant], _cores: u32) -> Vec<Target<'a>> {
        let served = entry.pair.is_served() && variants.len() > 1;
        served.then_some((None, None)).into_iter().collect()
    }

    fn is_answered(&self, found: &PairDiagnoses, _step: &Step) -> bool {
        !found.load.is_empty()
    }

    /// Puts the baseline and the ports under load, each launch with servers of its own, in random order.
    fn run(
        &self,
        _step: &Step,
        entry: &Entry,
        hosts: &mut Hosts<'_>,
        setting: Setting<'_>,
        report: &mut dyn FnMut(Finding),
    ) -> Result<(), Fault> {
        let mut random = StdRng::seed_from_u64(u64::from(hosts.setup().hash_seed));
        let mut names: Vec<&str> = vec![Variant::BASELINE];
        let ports = entry.pair.variants().iter().filter(|v| v.side == Side::Rust);
        let chosen = ports.filter(|v| setting.variants.contains(&v.name));
        names.extend(chosen.map(|v| v.name.as_str()));
        let mut found = Vec::new();
        for _ in 0..LAUNCHES {
            names.shuffle(&mut random);
            let mut opened: Vec<(&str, Handle)> = Vec::new();
            for name in &names {
                opened.push((
                    name,
                    hosts
                        .for_contestant(name)?
                        .0
                        .open(name, setting.size, setting.seed)?
                        .handle,
                ));
            }
            let servers = hosts.servers().ok_or_else(not_served)?;
            let mut launches = Vec::new();
            for &(_, handle) in &opened {
                launches.push(closed(servers, handle)?);
            }
            let slowest = launches
                .iter()
                .map(|launch| launch.most)
                .fold(f64::INFINITY, f64::min);
            for share in SHARES {
                let rate = share * slowest;
                let time = PACED.max(Duration::from_secs_f64(ENOUGH / rate));
                for (&(_, handle), launch) in opened.iter().zip(&mut launches) {
                    let seconds = servers.paced(handle, rate, time)?;
                    launch.paced.push(Paced {
                        rate,
                        requests: seconds.len() as u64,
                        quantiles: tail(&seconds),
                    });
                }
            }
            for ((name, handle), launch) in opened.into_iter().zip(launches) {
                servers.end(handle);
                VariantLoad::gather(&mut found, name, launch);
            }
        }
        found.sort_by_key(|load| load.variant != Variant::BASELINE);
        for load in found {
            report(Finding::Load { load });
        }
        Ok(())
    }
}

/// What the server does in a closed loop.
fn closed(servers: &mut Servers<'_>, handle: Handle) -> Result<LaunchLoad, Fault> {
    let call = servers.time(handle, 1)?.wall.max(Duration::from_micros(1));
    let calls = (CLOSED.as_secs_f64() / call.as_secs_f64()).ceil() as u64;
    let before = servers.cpu(handle);
    let wall = servers.time(handle, calls)?.wall;
    let after = servers.cpu(handle);
    let requests = (calls * servers.requests(handle)) as f64;
    let cpu = before.zip(after).map(|(before, after)| {
        let of = |at: usize| after[at].saturating_sub(before[at]).as_secs_f64() / requests;
        RequestCpu {
            server: of(0),
            beside: of(1),
            client: of(2),
        }
    });
    Ok(LaunchLoad {
        most: requests / wall.as_secs_f64(),
        cpu,
        memory: servers.memory(handle),
        paced: Vec::new(),
    })
}

fn not_served() -> Fault {
    Fault::Harness {
        message: "the variants are no servers".into(),
    }
}
