//! Requests timed on a host whose answers are scripted.

use super::*;
use crate::diagnose::Diagnoser;
use crate::hosts::{Answer, Ready, Timing};
use crate::registry::{Entry, Pair, Profile, fixture};

/// A host that answers with one list after another, and then repeats the last.
struct Script {
    answers: Vec<serde_pickle::Value>,
    calls: usize,
    opened: Vec<String>,
    closed: usize,
}

fn script(answers: &[Vec<f64>]) -> Script {
    let value = |list: &Vec<f64>| serde_pickle::to_value(list).unwrap();
    Script {
        answers: answers.iter().map(value).collect(),
        calls: 0,
        opened: Vec::new(),
        closed: 0,
    }
}

impl HostSet for Script {
    fn for_contestant(&mut self, name: &str) -> Result<(&mut dyn Host, String), Fault> {
        Ok((self, name.into()))
    }

    fn discard_broken(&mut self, _name: &str, _fault: &Fault) {}
}

impl Host for Script {
    fn open(&mut self, variant: &str, size: u64, seed: u64) -> Result<Ready, Fault> {
        assert_eq!((size, seed), (8, 3));
        self.opened.push(variant.into());
        Ok(Ready {
            handle: Handle(1),
            setup: Duration::ZERO,
        })
    }

    fn settle(&mut self) -> Result<(), Fault> {
        Ok(())
    }

    fn call(&mut self, _handle: Handle) -> Result<Answer, Fault> {
        let answer = &self.answers[self.calls.min(self.answers.len() - 1)];
        self.calls += 1;
        Ok(Answer {
            output: serde_pickle::value_to_vec(answer, serde_pickle::SerOptions::new()).unwrap(),
            input: Vec::new(),
            took: Duration::ZERO,
        })
    }

    fn time(&mut self, _handle: Handle, _calls: u64) -> Result<Timing, Fault> {
        unreachable!("a call notes its own times")
    }

    fn close(&mut self, _handle: Handle) -> Result<(), Fault> {
        self.closed += 1;
        Ok(())
    }
}

fn entry() -> Entry {
    let pair = Pair::new(Profile::Concurrent, "waits")
        .input(|size, _seed| size)
        .cases("requests", &[8])
        .python(&["threads"])
        .rust(|size: &u64| *size)
        .rust_variant("tokio", |size: &u64| *size)
        .latencies(&["python"])
        .rust_latencies("rust", || (), |(), _| vec![0.25])
        .build();
    fixture::entry(pair)
}

fn diagnose(script: &mut Script) -> Result<Vec<Finding>, Fault> {
    let steps = Diagnoser::Latency.steps(&entry(), &["python", "threads", "rust", "tokio"], 2);
    let timed: Vec<_> = steps.iter().filter_map(|step| step.variant.as_deref()).collect();
    assert_eq!(
        timed,
        ["python", "rust"],
        "those that can be timed, and no others"
    );
    let variants = ["python".to_string()];
    let setting = Setting {
        size: 8,
        seed: 3,
        counting: Err("not needed"),
        variants: &variants,
    };
    let mut found = Vec::new();
    run(&steps[0], script, setting, &mut |finding| found.push(finding))?;
    Ok(found)
}

#[test]
fn requests_of_all_calls_but_the_cold_one_are_pooled() {
    let half = ENOUGH / 2;
    let calls = [
        vec![99.0; 5],
        vec![0.001; half],
        vec![0.002; half - 1],
        vec![0.003; half],
    ];
    let mut script = script(&calls);
    let found = diagnose(&mut script).unwrap();
    let n = 3 * half as u64 - 1;
    let latency = VariantLatency {
        variant: "python".into(),
        requests: n,
        quantiles: vec![
            (0.5, 0.002),
            (0.9, 0.003),
            (0.99, 0.003),
            (0.999, 0.003),
            (1.0, 0.003),
        ],
    };
    assert_eq!(found, [Finding::Latency { latency }]);
    assert_eq!(
        (script.opened, script.closed),
        (vec!["latencies_python".into()], 1)
    );
}

#[test]
fn anything_but_a_list_of_durations_is_refused() {
    let fault = |value: serde_pickle::Value| {
        let mut script = script(&[vec![]]);
        script.answers = vec![value];
        match diagnose(&mut script) {
            Err(Fault::Answer { message }) => message,
            other => panic!("{other:?}"),
        }
    };
    use serde_pickle::Value;
    assert!(fault(Value::F64(1.0)).contains("a list of seconds"));
    assert!(fault(Value::List(vec![Value::F64(-1e-9)])).contains("-0.000000001 is not a duration"));
    assert!(fault(Value::List(vec![Value::F64(f64::NAN)])).contains("NaN is not a duration"));
    assert!(fault(Value::List(vec![])).contains("no request was timed"));
}

#[test]
fn rust_times_its_requests_under_a_name_of_its_own() {
    let pair = entry().pair;
    let mut timer = pair.open_rust("latencies_rust", 8, 3).unwrap();
    assert_eq!(seconds(&timer.call().unwrap().0), Ok(vec![0.25]));
    assert!(pair.open_rust("latencies_tokio", 8, 3).is_none());
}

#[test]
#[should_panic(
    expected = "latencies are declared for \"rayon\", but this pair has no Python variant of that name"
)]
fn latencies_are_those_of_a_variant() {
    Pair::new(Profile::Concurrent, "waits")
        .input(|size, _seed| size)
        .cases("requests", &[8])
        .rust(|size: &u64| *size)
        .latencies(&["rayon"])
        .build();
}
