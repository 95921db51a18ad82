//! Figures of servers under load, over launches.

use crate::diagnose::load::{LaunchLoad, RequestCpu, VariantLoad};
use crate::estimate::{Estimate, Middle, over_launches};
use crate::registry::Variant;

/// The baseline and the ports of a pair of servers.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Load<'a> {
    pub baseline: &'a VariantLoad,
    pub all: &'a [VariantLoad],
}

impl<'a> Load<'a> {
    /// `None` if servers were not put under load.
    pub(crate) fn of(all: &'a [VariantLoad]) -> Option<Self> {
        let baseline = all.iter().find(|load| load.variant == Variant::BASELINE)?;
        Some(Load { baseline, all })
    }

    pub(crate) fn ports(self) -> impl Iterator<Item = &'a VariantLoad> {
        self.all.iter().filter(|load| load.variant != Variant::BASELINE)
    }

    /// The parts that were measured separately, as (name, connections).
    pub(crate) fn parts(self) -> impl Iterator<Item = (&'a str, Option<u64>)> {
        let parts = self
            .baseline
            .launches
            .iter()
            .take(1)
            .flat_map(|launch| &launch.parts);
        parts.map(|part| (part.part.as_str(), part.connections))
    }

    /// A port's requests per second ÷ the baseline's, of one part or of all. The interval is computed like that of
    /// every ratio, over launches in which both took turns.
    pub(crate) fn gain(self, port: &VariantLoad, part: Option<&str>) -> Option<Estimate> {
        let launches = self.baseline.launches.iter().zip(&port.launches);
        let logs: Option<Vec<f64>> = launches
            .map(|(python, port)| Some((asked(port, part)?.0 / asked(python, part)?.0).ln()))
            .collect();
        over_launches(&logs?)
    }

    /// The share of its single thread that the client used: the largest of the medians of all servers and parts.
    pub(crate) fn client(self) -> Option<f64> {
        let busy = |load: &VariantLoad, part: Option<&str>| {
            over(load, |launch| {
                let (most, cpu) = asked(launch, part)?;
                Some(cpu?.client * most)
            })
        };
        let parts = || std::iter::once(None).chain(self.parts().map(|(name, _)| Some(name)));
        let all = self
            .all
            .iter()
            .flat_map(|load| parts().filter_map(move |part| busy(load, part)));
        all.map(|busy| busy.value).reduce(f64::max)
    }
}

/// The median over the launches; `None` if any of them lacks the value.
pub(crate) fn over(load: &VariantLoad, of: impl Fn(&LaunchLoad) -> Option<f64>) -> Option<Middle> {
    let values: Option<Vec<f64>> = load.launches.iter().map(of).collect();
    Middle::of(&values?)
}

/// Requests per second and the CPU time of each, of the part with this name or of all.
fn asked(launch: &LaunchLoad, part: Option<&str>) -> Option<(f64, Option<RequestCpu>)> {
    let Some(name) = part else {
        return Some((launch.most, launch.cpu));
    };
    let known = launch.parts.iter().find(|part| part.part == name)?;
    Some((known.most, known.cpu))
}

/// Cores that 1,000 requests per second take, without those of the client.
pub(crate) fn cores(load: &VariantLoad) -> Option<Middle> {
    over(load, |launch| {
        let cpu = launch.cpu?;
        Some(1000.0 * (cpu.server + cpu.beside?))
    })
}

/// The share of a request's CPU time, without the client's, that is used by what the server uses, such as a database.
/// Another language for the server does not change that part's work.
pub(crate) fn beside(load: &VariantLoad, part: Option<&str>) -> Option<Middle> {
    over(load, |launch| {
        let cpu = asked(launch, part)?.1?;
        let beside = cpu.beside?;
        Some(beside / (cpu.server + beside))
    })
}

/// Requests per second of one part, or of all.
pub(crate) fn most(load: &VariantLoad, part: Option<&str>) -> Option<Middle> {
    over(load, |launch| Some(asked(launch, part)?.0))
}

/// A quantile of the latencies at a rate, in seconds.
pub(crate) fn quantile(launch: &LaunchLoad, rate: usize, p: f64) -> Option<f64> {
    let quantiles = &launch.paced.get(rate)?.quantiles;
    let known = quantiles.iter().find(|(known, _)| *known == p);
    known.map(|(_, seconds)| *seconds)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnose::load::PartLoad;

    fn load(variant: &str, most: [f64; 6], client: f64) -> VariantLoad {
        let cpu = Some(RequestCpu {
            server: 3e-4,
            beside: Some(1e-4),
            client,
        });
        let launch = |most| LaunchLoad {
            most,
            cpu,
            parts: vec![PartLoad {
                part: "one".into(),
                connections: None,
                most: 2.0 * most,
                cpu,
            }],
            ..LaunchLoad::default()
        };
        VariantLoad {
            variant: variant.into(),
            launches: most.map(launch).into(),
            forecast: None,
        }
    }

    #[test]
    fn a_gain_is_that_of_launches_in_which_both_took_turns() {
        // The machine's speed doubles from launch to launch, and the gain is three in each.
        let python = [1.0, 2.0, 4.0, 8.0, 16.0, 32.0].map(|speed| 100.0 * speed);
        let all = [
            load("python", python, 1e-5),
            load("rust", python.map(|most| 3.0 * most), 4e-5),
        ];
        let load = Load::of(&all).unwrap();
        let rust = load.ports().next().unwrap();
        let gain = load.gain(rust, None).unwrap();
        assert!(
            (gain.value - 3.0).abs() < 1e-9 && gain.interval.is_some_and(|(low, high)| high - low < 1e-6)
        );
        let of_part = load.gain(rust, Some("one")).unwrap();
        assert!((of_part.value - 3.0).abs() < 1e-9);
        assert_eq!(load.gain(rust, Some("another")), None);
        assert_eq!(load.parts().collect::<Vec<_>>(), [("one", None)]);
        // 2 · 3 · 600 requests a second, the median, at 40 µs each.
        assert!((load.client().unwrap() - 2.0 * 3.0 * 600.0 * 4e-5).abs() < 1e-9);
        assert!(Load::of(&all[1..]).is_none());
    }

    #[test]
    fn the_client_does_not_count_towards_the_cost_of_a_request() {
        let load = load("python", [100.0; 6], 5e-3);
        assert!((beside(&load, None).unwrap().value - 0.25).abs() < 1e-12);
        assert!((cores(&load).unwrap().value - 0.4).abs() < 1e-12);
    }

    #[test]
    fn the_time_of_the_server_is_known_if_its_database_runs_elsewhere() {
        let mut load = load("python", [100.0; 6], 5e-3);
        for cpu in load.launches.iter_mut().filter_map(|launch| launch.cpu.as_mut()) {
            cpu.beside = None;
        }
        assert_eq!((beside(&load, None), cores(&load)), (None, None));
        let server = over(&load, |launch| Some(launch.cpu?.server)).unwrap();
        assert!((server.value - 3e-4).abs() < 1e-12);
    }
}
