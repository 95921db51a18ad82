//! How servers do under load that does not wait for them, and what a request costs.
//!
//! Samples of servers come from a closed loop: a client that waits asks nothing meanwhile, so a slow server gets fewer
//! requests. Visitors do not wait for each other. Here requests are sent at fixed times, at shares of the slower side's
//! maximum rate, and a latency counts from when the request was due: a server that falls behind is charged for all who
//! had to wait (Tene, "How not to measure latency", 2013, calls leaving them out coordinated omission).

use super::{About, Diagnose, Finding, PairDiagnoses, Setting, Step, Target};
use crate::estimate::tail;
use crate::forecast::{Failure, Forecast, Request, Workload, forecast, interpreter_of};
use crate::hosts::served::Servers;
use crate::hosts::{Fault, Handle, Host, Hosts};
use crate::registry::{Entry, Variant};
use rand::SeedableRng;
use rand::rngs::StdRng;
use rand::seq::SliceRandom;
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// How often both servers are started afresh.
const LAUNCHES: u32 = 6;

/// How long a server gets requests of all kinds in a closed loop, and how often; the servers take turns.
const WHOLE: (Duration, u32) = (Duration::from_millis(250), 2);

/// The same for each part of it.
const PART: (Duration, u32) = (Duration::from_millis(100), 2);

/// The least time for each rate.
const PACED: Duration = Duration::from_secs(1);

/// How long the baseline's server is watched for a forecast.
const WATCHED: Duration = Duration::from_secs(8);

/// The fewest requests at each rate. 11 of 1,100 requests exceed the 99th percentile: enough to report it.
const ENOUGH: f64 = 1_100.0;

/// The rates, as shares of the slower side's maximum.
const SHARES: [f64; 3] = [0.3, 0.6, 0.8];

/// A server under load, launch by launch.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct VariantLoad {
    /// The variant.
    pub variant: String,
    /// Each with its own server; launches of two variants with the same index ran next to each other.
    pub launches: Vec<LaunchLoad>,
    /// For the baseline: what a port would gain, from its server alone under load; or why there is no such forecast.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub forecast: Option<Result<Forecast, String>>,
}

/// A server under load.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct LaunchLoad {
    /// Requests a second in a closed loop over the connections of the case.
    pub most: f64,
    /// CPU seconds for each of these requests; `None` if the system does not report it.
    pub cpu: Option<RequestCpu>,
    /// The most bytes that the server's processes have held; `None` if the system does not report it.
    pub memory: Option<u64>,
    /// The parts that were measured separately in a closed loop.
    #[serde(default)]
    pub parts: Vec<PartLoad>,
    /// By rate.
    pub paced: Vec<Paced>,
}

/// One kind of request, or all of them over another number of connections.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct PartLoad {
    /// What the service calls it.
    pub part: String,
    /// The number of connections over which everything was requested, if that defines the part.
    pub connections: Option<u64>,
    /// Requests a second.
    pub most: f64,
    /// CPU seconds for each; `None` if the system does not report it.
    pub cpu: Option<RequestCpu>,
}

/// Where the CPU time of a request goes, in seconds.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct RequestCpu {
    /// The processes of the server.
    pub server: f64,
    /// What it uses, such as a database; `None` if that runs elsewhere.
    pub beside: Option<f64>,
    /// The client in the bench process.
    pub client: f64,
}

/// Requests at fixed times.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Paced {
    /// Requests a second, evenly spaced.
    pub rate: f64,
    /// How many.
    pub requests: u64,
    /// Quantiles of the seconds from the time at which a request was due to its answer, as (probability, seconds), by
    /// probability; the last is the maximum, at 1.
    pub quantiles: Vec<(f64, f64)>,
}

impl VariantLoad {
    /// Adds launches of a variant, or its forecast, to what is known of it.
    pub(super) fn gather(self, all: &mut Vec<VariantLoad>) {
        match all.iter_mut().find(|known| known.variant == self.variant) {
            Some(known) => {
                known.launches.extend(self.launches);
                known.forecast = self.forecast.or(known.forecast.take());
            }
            None => all.push(self),
        }
    }
}

pub(super) struct Pass;

impl Diagnose for Pass {
    fn about(&self) -> About {
        About {
            is_cheap: false,
            step_seconds: 120.0,
            tells: true,
            ..About::named("load")
        }
    }

    fn steps<'a>(&self, entry: &Entry, variants: &[&'a Variant], _cores: u32) -> Vec<Target<'a>> {
        let served = entry.pair.has_servers() && variants.len() > 1;
        served.then_some((None, None)).into_iter().collect()
    }

    fn is_answered(&self, found: &PairDiagnoses, _step: &Step) -> bool {
        let enough = |load: &VariantLoad| load.launches.len() >= LAUNCHES as usize;
        !found.load.is_empty() && found.load.iter().all(enough)
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
        let ports = entry
            .pair
            .variants()
            .iter()
            .filter(|v| entry.pair.rust_server(&v.name).is_some());
        let chosen = ports.filter(|v| setting.variants.contains(&v.name));
        let servers = hosts.servers().ok_or_else(not_served)?;
        names.extend(chosen.map(|v| v.name.as_str()));
        for _ in 0..LAUNCHES {
            names.shuffle(&mut random);
            let mut opened: Vec<(&str, Handle)> = Vec::new();
            for name in &names {
                opened.push((name, servers.open(name, setting.size, setting.seed)?.handle));
            }
            let handles: Vec<Handle> = opened.iter().map(|&(_, handle)| handle).collect();
            for &handle in &handles {
                // The lengths of answers are those of this one.
                servers.call(handle)?;
            }
            let mut launches: Vec<LaunchLoad> = handles.iter().map(|_| LaunchLoad::default()).collect();
            for (launch, closed) in
                launches
                    .iter_mut()
                    .zip(take_turns(servers, &handles, None, WHOLE, &mut random)?)
            {
                (launch.most, launch.cpu) = (closed.most(), closed.cpu());
            }
            for (part, (name, connections)) in servers.parts(handles[0]).into_iter().enumerate() {
                let all = take_turns(servers, &handles, Some(part), PART, &mut random)?;
                for (launch, closed) in launches.iter_mut().zip(all) {
                    launch.parts.push(PartLoad {
                        part: name.clone(),
                        connections,
                        most: closed.most(),
                        cpu: closed.cpu(),
                    });
                }
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
            let mut done: Vec<VariantLoad> = Vec::new();
            for ((name, handle), launch) in opened.into_iter().zip(launches) {
                let memory = servers.memory(handle);
                servers.end(handle);
                done.push(VariantLoad {
                    variant: name.into(),
                    launches: vec![LaunchLoad { memory, ..launch }],
                    forecast: None,
                });
            }
            done.sort_by_key(|load| load.variant != Variant::BASELINE);
            for load in done {
                report(Finding::Load { load: Box::new(load) });
            }
        }
        let handle = servers
            .open(Variant::BASELINE, setting.size, setting.seed)?
            .handle;
        let known = forecast_of(servers, handle)?;
        servers.end(handle);
        report(Finding::Load {
            load: Box::new(VariantLoad {
                variant: Variant::BASELINE.into(),
                launches: Vec::new(),
                forecast: Some(known),
            }),
        });
        Ok(())
    }
}

/// What a port would gain, from samples of the server under load; or why that is not known.
fn forecast_of(servers: &mut Servers<'_>, handle: Handle) -> Result<Result<Forecast, String>, Fault> {
    let process = servers.process(handle);
    std::thread::scope(|scope| {
        let watching = scope.spawn(move || {
            let request = Request {
                workload: Workload::Running { process },
                python: interpreter_of(process, None)?,
                stdin: None,
                duration: Some(WATCHED),
            };
            forecast(&request, &mut |_| {}).map_err(|(Failure::Refused(why) | Failure::Failed(why))| why)
        });
        while !watching.is_finished() {
            servers.load(handle, None, 1)?;
        }
        Ok(watching.join().expect("it does not panic"))
    })
}

/// What a server did in a closed loop.
#[derive(Debug, Default)]
struct Closed {
    requests: u64,
    seconds: f64,
    /// Of the server, of what works for it, of this process.
    cpu: [Option<Duration>; 3],
}

impl Closed {
    fn most(&self) -> f64 {
        self.requests as f64 / self.seconds
    }

    fn cpu(&self) -> Option<RequestCpu> {
        let each = |time: Option<Duration>| Some(time?.as_secs_f64() / self.requests as f64);
        let [server, beside, client] = self.cpu.map(each);
        Some(RequestCpu {
            server: server?,
            beside,
            client: client?,
        })
    }
}

/// Puts load on each server `turns` times for about `time`, each time in random order, after one uncounted call.
fn take_turns(
    servers: &mut Servers<'_>,
    handles: &[Handle],
    part: Option<usize>,
    (time, turns): (Duration, u32),
    random: &mut StdRng,
) -> Result<Vec<Closed>, Fault> {
    let mut all = Vec::new();
    for &handle in handles {
        let call = servers.load(handle, part, 1)?.max(Duration::from_micros(1));
        let calls = (time.as_secs_f64() / call.as_secs_f64()).ceil() as u64;
        let cpu = [Some(Duration::ZERO); 3];
        all.push((
            handle,
            calls,
            Closed {
                cpu,
                ..Closed::default()
            },
        ));
    }
    let mut order: Vec<usize> = (0..all.len()).collect();
    for _ in 0..turns {
        order.shuffle(random);
        for &at in &order {
            let (handle, calls, closed) = &mut all[at];
            let before = servers.cpu(*handle);
            closed.seconds += servers.load(*handle, part, *calls)?.as_secs_f64();
            closed.requests += *calls * servers.requests(*handle, part);
            let after = servers.cpu(*handle);
            closed.cpu = std::array::from_fn(|one| {
                let spent = after[one]?.saturating_sub(before[one]?);
                Some(closed.cpu[one]? + spent)
            });
        }
    }
    Ok(all.into_iter().map(|(_, _, closed)| closed).collect())
}

fn not_served() -> Fault {
    Fault::Harness {
        message: "the variants are not servers".into(),
    }
}
