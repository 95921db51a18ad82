//! A launch on hosts whose every duration is scripted: what is recorded must be what was called, in the order called.

use super::launch::{Event, Job, Sampling, run};
use super::{Comparison, Failure, First};
use crate::hosts::{Answer, Fault, Handle, Host, HostSet, Ready, Timing};
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

const SAMPLES: usize = 10;
const MEASUREMENT: Duration = Duration::from_millis(100);

/// A request to a host.
#[derive(Debug, Clone, PartialEq)]
enum Request {
    Open(String),
    Settle,
    Time { name: String, calls: u64, ns: u64 },
    Close(Handle),
}

/// Hosts that take nearly no time and report the scripted time.
struct Script {
    requests: Vec<Request>,
    names: Vec<String>,
    current: String,
    /// Nanoseconds of one call.
    per_call: fn(&str) -> u64,
    /// Calls in that time, if one takes less than a nanosecond.
    calls_at_once: u64,
    /// Added to each timing in turn, so that every sample can be distinguished from every other.
    jitter: u64,
    /// The side that raises, and in which of its timings.
    fails: Option<(&'static str, usize)>,
    /// The side that takes 3 % less in each timing than in the one before.
    warms: Option<&'static str>,
    /// After how many timings it stops doing so.
    warm_after: usize,
    /// The side that is JIT-compiled.
    compiled: Option<&'static str>,
    /// The side whose first call with a handle takes 40 times longer than the later ones.
    keeps: Option<&'static str>,
    /// The sizes of the inputs that were opened.
    sizes: Vec<u64>,
    /// How long the set-up of a side takes.
    setup: fn(&str) -> Duration,
    /// The side that starts threads, and whether at once or in the first call.
    pool: Option<(&'static str, bool)>,
    /// Handles that have been called.
    called: BTreeSet<u64>,
    /// Seconds of a call that earlier launches agreed on.
    known: BTreeMap<String, f64>,
    discarded: Vec<String>,
}

fn per_call(name: &str) -> u64 {
    match name {
        "python" => 1_000_000,
        "rust" => 20_000,
        _ => 300_000,
    }
}

impl Script {
    fn new() -> Self {
        Script {
            requests: Vec::new(),
            names: Vec::new(),
            current: String::new(),
            per_call,
            calls_at_once: 1,
            jitter: 1,
            fails: None,
            warms: None,
            warm_after: usize::MAX,
            compiled: None,
            keeps: None,
            sizes: Vec::new(),
            setup: |_| Duration::from_nanos(77),
            pool: None,
            called: BTreeSet::new(),
            known: BTreeMap::new(),
            discarded: Vec::new(),
        }
    }

    fn timings(&self, who: &str) -> Vec<(u64, u64)> {
        let timing = |request: &Request| match request {
            Request::Time { name, calls, ns } if name == who => Some((*calls, *ns)),
            _ => None,
        };
        self.requests.iter().filter_map(timing).collect()
    }
}

impl HostSet for Script {
    fn for_contestant(&mut self, name: &str) -> Result<(&mut dyn Host, String), Fault> {
        self.current = name.to_string();
        Ok((self, name.to_string()))
    }

    fn discard_broken(&mut self, name: &str, _fault: &Fault) {
        self.discarded.push(name.to_string());
    }

    fn threads(&self) -> Option<u64> {
        let started = self.pool.is_some_and(|(who, at_once)| {
            let known = self.names.iter().position(|name| name == who);
            known.is_some_and(|at| at_once || self.called.contains(&(at as u64)))
        });
        Some(if started { 3 } else { 1 })
    }
}

impl Host for Script {
    fn open(&mut self, variant: &str, size: u64, seed: u64) -> Result<Ready, Fault> {
        assert_eq!(seed, 5);
        self.sizes.push(size);
        self.requests.push(Request::Open(variant.to_string()));
        self.names.push(variant.to_string());
        Ok(Ready {
            handle: Handle(self.names.len() as u64 - 1),
            setup: (self.setup)(variant),
        })
    }

    fn settle(&mut self) -> Result<(), Fault> {
        self.requests.push(Request::Settle);
        Ok(())
    }

    fn call(&mut self, _handle: Handle) -> Result<Answer, Fault> {
        unreachable!("answers are the business of verify")
    }

    fn time(&mut self, handle: Handle, calls: u64) -> Result<Timing, Fault> {
        let name = self.names[handle.0 as usize].clone();
        assert_eq!(
            name, self.current,
            "the handle belongs to the host that gets the request"
        );
        let earlier = self.timings(&name).len();
        if self.fails.is_some_and(|(who, at)| who == name && earlier >= at) {
            return Err(Fault::Panic {
                message: format!("{name} had enough"),
            });
        }
        // Criterion doubles its calls until the wall clock shows that it is warm.
        std::thread::sleep(Duration::from_micros(100));
        let ns =
            (self.per_call)(&name) * calls / self.calls_at_once + self.jitter * self.requests.len() as u64;
        let ns = match self.warms == Some(name.as_str()) {
            true => (ns as f64 * 0.97_f64.powi(earlier.min(self.warm_after) as i32)) as u64,
            false => ns,
        };
        let ns = match self.keeps == Some(name.as_str()) && !self.called.contains(&handle.0) {
            true => 40 * ns,
            false => ns,
        };
        self.called.insert(handle.0);
        self.requests.push(Request::Time { name, calls, ns });
        Ok(Timing {
            wall: Duration::from_nanos(ns),
            cpu: Some(Duration::from_nanos(2 * ns)),
        })
    }

    fn close(&mut self, handle: Handle) -> Result<(), Fault> {
        self.requests.push(Request::Close(handle));
        Ok(())
    }
}

fn launch(script: &mut Script, contestants: &[&str], order_seed: u64) -> Vec<Event> {
    launch_with(script, contestants, order_seed, false)
}

fn launch_with(script: &mut Script, contestants: &[&str], order_seed: u64, plots: bool) -> Vec<Event> {
    let folder = tempfile::tempdir().unwrap();
    let job = Job {
        pair: "scripted".into(),
        baseline: "python".into(),
        size: 64,
        other_size: Some(128),
        seed: 5,
        order_seed,
        contestants: contestants.iter().map(ToString::to_string).collect(),
        sampling: Sampling {
            sample_size: SAMPLES,
            warm_up: Duration::from_millis(1),
            measurement: MEASUREMENT,
            resamples: 1_000,
            criterion_dir: folder.path().into(),
            plots,
        },
        known: script.known.clone(),
        compiled: script.compiled.iter().map(ToString::to_string).collect(),
    };
    let mut events = Vec::new();
    run(&job, script, &mut |event| events.push(event));
    events
}

fn comparisons<'a>(events: &'a [Event]) -> Vec<&'a Comparison> {
    let took = |event: &'a Event| match event {
        Event::Took { comparison, .. } => Some(comparison),
        _ => None,
    };
    events.iter().filter_map(took).collect()
}

fn failures<'a>(events: &'a [Event]) -> Vec<&'a Failure> {
    let fails = |event: &'a Event| match event {
        Event::Fails { failure } => Some(failure),
        _ => None,
    };
    events.iter().filter_map(fails).collect()
}

#[test]
fn calls_shorter_than_a_nanosecond_are_measured() {
    let mut script = Script {
        jitter: 0,
        per_call: |_| 1,
        calls_at_once: 4,
        ..Script::new()
    };
    let events = launch_with(&mut script, &["rust"], 1, true);
    assert_eq!(failures(&events), Vec::<&Failure>::new());
    let [comparison] = comparisons(&events)[..] else {
        panic!("{events:?}");
    };
    let ns = &comparison.variant_samples.ns;
    assert!(
        ns.len() == SAMPLES && ns.iter().all(|one| *one == ns[0]),
        "{ns:?}"
    );
}

#[test]
fn what_is_recorded_is_what_was_called_in_the_order_called() {
    for seed in 0..4 {
        let mut script = Script::new();
        let events = launch(&mut script, &["rust"], seed);
        let [comparison] = comparisons(&events)[..] else {
            panic!("{events:?}");
        };
        assert_eq!(comparison.setup_ns, 77);
        // The last timings before the two sides are closed are the samples: as many as requested, always in pairs.
        let timed: Vec<_> = script
            .requests
            .iter()
            .filter_map(|request| match request {
                Request::Time { name, calls, ns } => Some((name.as_str(), *calls, *ns)),
                _ => None,
            })
            .collect();
        let samples = &timed[timed.len() - 2 * SAMPLES..];
        let [baseline, variant] = [&comparison.baseline_samples, &comparison.variant_samples];
        assert_eq!(
            [baseline.ns.len(), variant.ns.len(), comparison.order.len()],
            [SAMPLES; 3]
        );
        for (at, pair) in samples.chunks(2).enumerate() {
            let first = &comparison.order[at..=at];
            let (b, v) = match first {
                "b" => (pair[0], pair[1]),
                "v" => (pair[1], pair[0]),
                other => panic!("{other:?} is no side"),
            };
            assert_eq!(
                b,
                ("python", baseline.calls, baseline.ns[at]),
                "sample pair {at}, seed {seed}"
            );
            assert_eq!(
                v,
                ("rust", variant.calls, variant.ns[at]),
                "sample pair {at}, seed {seed}"
            );
        }
        assert_eq!(events.last(), Some(&Event::Done));
    }
}

#[test]
fn samples_are_taken_again_while_the_ratio_changes_among_them() {
    let steady = launch(&mut Script::new(), &["rust"], 1);
    assert_eq!(comparisons(&steady)[0].retaken, 0);
    let mut warming = Script::new();
    warming.warms = Some("rust");
    let warming = launch(&mut warming, &["rust"], 1);
    assert_eq!(comparisons(&warming)[0].retaken, 3, "it does not wait for ever");
    assert_eq!(comparisons(&warming)[0].variant_samples.ns.len(), SAMPLES);
}

#[test]
fn a_jit_compiled_side_is_warm_before_it_is_sampled() {
    let spread = |compiled: Option<&'static str>| {
        let mut script = Script::new();
        (script.warms, script.warm_after, script.compiled) = (Some("python"), 100, compiled);
        let events = launch(&mut script, &["rust"], 1);
        let ns = comparisons(&events)[0].baseline_samples.ns.clone();
        let (least, most) = (ns.iter().min().unwrap(), ns.iter().max().unwrap());
        *most as f64 / *least as f64
    };
    assert!(spread(None) > 1.2, "{}", spread(None));
    assert!(spread(Some("python")) < 1.02, "{}", spread(Some("python")));
    // It does not wait for ever: 5 s of scripted time.
    let mut script = Script::new();
    script.per_call = |name| per_call(name) * 1_000;
    script.compiled = Some("python");
    (script.warms, script.warm_after) = (Some("python"), 200);
    assert_eq!(comparisons(&launch(&mut script, &["rust"], 1)).len(), 1);
    assert!(script.timings("python").len() < 100);
}

#[test]
fn cpu_time_and_the_first_call_of_both_sides_are_recorded() {
    let mut script = Script::new();
    let events = launch(&mut script, &["rust"], 1);
    let own = comparisons(&events)[0];
    for (name, series) in [("python", &own.baseline_samples), ("rust", &own.variant_samples)] {
        // The script reports twice as much CPU time as wall time.
        assert_eq!(series.threads(), Some(2.0));
        assert_eq!((1, series.first_ns.unwrap()), script.timings(name)[0]);
    }
}

#[test]
fn a_slow_first_call_is_tried_again_on_another_case() {
    let mut script = Script::new();
    let steady = launch(&mut script, &["rust"], 1);
    assert_eq!(comparisons(&steady)[0].baseline_samples.elsewhere_ns, None);
    assert!(script.sizes.iter().all(|size| *size == 64));
    let mut script = Script::new();
    script.keeps = Some("python");
    let events = launch(&mut script, &["rust"], 1);
    let own = comparisons(&events)[0];
    let [first, second] = own.baseline_samples.elsewhere_ns.expect("two calls");
    assert!(first >= 30 * second, "{first} {second}");
    assert_eq!(
        (own.variant_samples.elsewhere_ns, script.sizes.last()),
        (None, Some(&128))
    );
    let [
        Request::Time { ns: a, .. },
        Request::Time { ns: b, .. },
        Request::Close(other),
    ] = &script.requests[script.requests.len() - 5..script.requests.len() - 2]
    else {
        panic!("{:?}", script.requests);
    };
    assert_eq!(([*a, *b], *other), ([first, second], Handle(2)));
}

#[test]
fn both_orders_occur_within_a_launch() {
    let mut orders = String::new();
    for seed in 0..4 {
        let events = launch(&mut Script::new(), &["rust"], seed);
        orders += &comparisons(&events)[0].order;
    }
    // 40 fair coins: outside this range once in a billion, and never with these seeds.
    let baseline_first = orders.matches('b').count();
    assert!((4..=36).contains(&baseline_first), "{orders}");
}

#[test]
fn both_set_up_orders_occur_over_launches_and_are_recorded_as_they_were() {
    let mut seen = BTreeSet::new();
    for seed in 0..12 {
        let mut script = Script::new();
        let events = launch(&mut script, &["rust"], seed);
        let recorded = match comparisons(&events)[0].set_up_first {
            First::Baseline => "python",
            First::Variant => "rust",
        };
        assert_eq!(script.requests[0], Request::Open(recorded.into()), "seed {seed}");
        // Everything is set up and settled before anything is timed, and both are closed in the end.
        assert!(matches!(
            script.requests[1..4],
            [Request::Open(_), Request::Settle, Request::Settle]
        ));
        assert_eq!(
            script
                .requests
                .iter()
                .filter(|request| matches!(request, Request::Close(_)))
                .count(),
            2
        );
        seen.insert(recorded);
    }
    assert_eq!(seen, ["python", "rust"].into());
}

#[test]
fn the_order_of_contestants_is_random_and_given_by_the_seed() {
    let names = ["python", "rust", "numpy", "embedded"];
    let order = |seed| {
        let events = launch(&mut Script::new(), &names, seed);
        let order: Vec<_> = comparisons(&events).iter().map(|c| c.variant.clone()).collect();
        assert_eq!(
            order.iter().map(String::as_str).collect::<BTreeSet<_>>(),
            names.into()
        );
        order
    };
    assert_eq!(order(3), order(3));
    assert!((0..4).map(order).collect::<BTreeSet<_>>().len() > 1);
}

#[test]
fn calibration_fills_the_target() {
    let mut script = Script::new();
    launch(&mut script, &["rust"], 1);
    // Half of a sample pair each: 100 ms over 10 samples of two sides are 5 ms a sample.
    for (name, calls) in [("python", 5), ("rust", 250)] {
        let timings = script.timings(name);
        // One call, one that is no longer cold, then four times as many until it is long enough to divide by.
        assert_eq!((timings[0].0, timings[1].0), (1, 1), "{name}");
        let calibrated = timings[2..]
            .iter()
            .map(|timing| timing.0)
            .find(|calls| ![4, 16, 64].contains(calls));
        assert_eq!(calibrated, Some(calls), "{name}: {timings:?}");
    }
}

#[test]
fn call_times_known_from_earlier_launches_are_not_calibrated_again() {
    let mut script = Script::new();
    // A call takes 20 µs here, which the samples still show.
    script.known = BTreeMap::from([("rust".into(), 25e-6)]);
    let events = launch(&mut script, &["rust"], 1);
    let timings = script.timings("rust");
    // The first call, and then criterion's.
    let iterations = comparisons(&events)[0].variant_samples.calls / 200;
    assert_eq!((timings[0].0, timings[1].0), (1, 200));
    assert_eq!(timings.last().unwrap().0, 200 * iterations);
    assert_eq!(
        script.timings("python")[..2]
            .iter()
            .map(|timing| timing.0)
            .collect::<Vec<_>>(),
        [1, 1]
    );
}

#[test]
fn a_side_with_a_pool_is_woken_before_each_sample() {
    for (at_once, seed) in [(true, 1), (false, 1), (true, 2), (false, 2)] {
        let mut script = Script::new();
        script.setup = |name| Duration::from_micros(if name == "rust" { 150 } else { 0 });
        script.pool = Some(("rust", at_once));
        let events = launch(&mut script, &["rust"], seed);
        let comparison = comparisons(&events)[0];
        // Each of criterion's iterations is 10 ms of 20 µs calls; Python's part is unchanged.
        let (calls, iterations) = (
            comparison.variant_samples.calls,
            comparison.baseline_samples.calls / 5,
        );
        assert_eq!(calls, 500 * iterations);
        let timings = script.timings("rust");
        let last = &timings[timings.len() - 2 * SAMPLES..];
        for (turn, sample) in last.chunks(2).zip(&comparison.variant_samples.ns) {
            // 15 ms that are in no sample.
            assert_eq!((turn[0].0, turn[1]), (750, (calls, *sample)));
        }
    }
}

#[test]
fn a_side_set_up_without_threads_is_not_woken() {
    let mut script = Script::new();
    script.setup = |_| Duration::from_micros(150);
    let events = launch(&mut script, &["rust"], 1);
    let comparison = comparisons(&events)[0];
    let iterations = comparison.baseline_samples.calls / 5;
    assert_eq!(comparison.variant_samples.calls, 250 * iterations);
    let timings = script.timings("rust");
    let last = timings[timings.len() - SAMPLES..].iter().map(|timing| timing.1);
    assert!(last.eq(comparison.variant_samples.ns.iter().copied()));
}

#[test]
fn the_baseline_is_sampled_beside_the_reference() {
    let mut script = Script::new();
    let events = launch(&mut script, &["python"], 1);
    let comparison = comparisons(&events)[0];
    assert_eq!(comparison.variant, "python");
    assert_eq!(comparison.variant_samples.ns.len(), SAMPLES);
    assert_eq!(comparison.baseline_samples.ns.len(), SAMPLES);
    let mut names = script.names.clone();
    names.sort();
    assert_eq!(names, ["python", "reference"]);
}

#[test]
fn a_variant_that_fails_is_named_and_the_others_go_on() {
    for timing in [0, 1, 5] {
        let mut script = Script::new();
        script.fails = Some(("rust", timing));
        let events = launch(&mut script, &["python", "rust", "numpy"], 1);
        let [failure] = failures(&events)[..] else {
            panic!("{events:?}");
        };
        assert_eq!(failure.variant, "rust");
        assert!(
            failure.fault.to_string().contains("rust had enough"),
            "{}",
            failure.fault
        );
        let measured: BTreeSet<_> = comparisons(&events).iter().map(|c| c.variant.as_str()).collect();
        assert_eq!(measured, ["numpy", "python"].into());
        assert!(script.discarded.contains(&"rust".to_string()));
        assert_eq!(events.last(), Some(&Event::Done));
    }
}

#[test]
fn a_baseline_that_fails_is_blamed_itself_and_ends_the_launch() {
    for seed in 0..4 {
        let mut script = Script::new();
        script.fails = Some(("python", 4));
        let events = launch(&mut script, &["rust", "numpy"], seed);
        let [failure] = failures(&events)[..] else {
            panic!("{events:?}");
        };
        assert_eq!(failure.variant, "python");
        assert!(comparisons(&events).is_empty());
        assert_eq!(events.last(), Some(&Event::Done));
    }
}

#[test]
fn a_baseline_that_fails_with_one_interpreter_ends_that_one_alone() {
    for seed in 0..4 {
        let mut script = Script::new();
        script.fails = Some(("python@1", 4));
        let names = ["rust", "numpy", "rust@1", "numpy@1", "rust@2"];
        let events = launch(&mut script, &names, seed);
        let [failure] = failures(&events)[..] else {
            panic!("{events:?}");
        };
        assert_eq!(failure.variant, "python@1");
        let measured: BTreeSet<_> = comparisons(&events).iter().map(|c| c.variant.as_str()).collect();
        assert_eq!(measured, ["numpy", "rust", "rust@2"].into());
        assert_eq!(script.discarded, ["python@1"]);
        assert_eq!(events.last(), Some(&Event::Done));
    }
}

#[test]
fn samples_that_are_all_alike_are_valid() {
    let one: fn(&str) -> u64 = |_| 1;
    for per_call in [per_call, one] {
        let mut script = Script::new();
        (script.jitter, script.per_call) = (0, per_call);
        let events = launch(&mut script, &["rust"], 1);
        assert_eq!(comparisons(&events).len(), 1, "{:?}", failures(&events));
    }
}
