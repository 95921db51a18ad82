//! Many tasks at once, with a time limit around whatever they wait for.
//!
//! In a service each request, each query and each lock has a time limit; connections have one for being idle, retries
//! one for giving up. Nearly all of these timers are set and taken back without ever going off. A few operations
//! come too late, some tasks are cancelled while they sleep, and some jobs are due. What all of that costs is the
//! runtime's bookkeeping: timers in order, tasks made, woken and cancelled.
//!
//! It does not show how exactly a timer goes off, nor waiting itself: times are either an hour away or in the past
//! already, so nobody waits for a clock and what is measured is the work. Tokio keeps timers in a wheel whose ticks
//! are a millisecond, asyncio in a heap.

use pairbench::registry::prelude::*;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use std::future::pending;
use std::sync::Arc;
use std::time::Duration;
use tokio::runtime::{Builder, Runtime};
use tokio::task::yield_now;
use tokio::time::{Instant, sleep, sleep_until, timeout, timeout_at};

/// What the tasks do.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Input {
    /// For each task its steps; shared, because tasks outlive the call that starts them.
    #[serde(serialize_with = "shared", deserialize_with = "share")]
    sessions: Vec<Arc<Vec<Step>>>,
}

fn shared<T: Serialize, S: serde::Serializer>(values: &[Arc<T>], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_seq(values.iter().map(Arc::as_ref))
}

fn share<'de, T: Deserialize<'de>, D: serde::Deserializer<'de>>(
    deserializer: D,
) -> Result<Vec<Arc<T>>, D::Error> {
    let values = Vec::<T>::deserialize(deserializer)?;
    Ok(values.into_iter().map(Arc::new).collect())
}

/// What happens, a number, and how often the other tasks may run before it comes to something.
type Step = (Kind, u64, u32);

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Kind {
    /// Something comes within its limit.
    Limit,
    /// The limit passed this many milliseconds ago.
    Late,
    /// The time of a job came this many milliseconds ago.
    Due,
    /// A task that sleeps is cancelled.
    Cancel,
}

/// What came in time, what was late, and what was cancelled.
type Outcome = (u64, u64, u64);

/// First a task without steps and one with a step of each kind, then ordinary ones: of twenty steps about one is late,
/// two are due and two are cancelled.
fn generate(size: u64, seed: u64) -> Input {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let sessions = (0..size)
        .map(|at| match at {
            0 => Vec::new(),
            1 => vec![
                (Kind::Cancel, 3, 0),
                (Kind::Late, 5, 0),
                (Kind::Due, 9, 0),
                (Kind::Limit, 7, 0),
            ],
            _ => {
                let steps = rng.random_range(4..=12_u32);
                (0..steps).map(|_| random_step(&mut rng)).collect()
            }
        })
        .map(Arc::new)
        .collect();
    Input { sessions }
}

fn random_step(rng: &mut ChaCha8Rng) -> Step {
    let kind = match rng.random_range(0..20_u32) {
        0 => Kind::Late,
        1 | 2 => Kind::Cancel,
        3 | 4 => Kind::Due,
        _ => Kind::Limit,
    };
    (kind, rng.random_range(1..1_000), rng.random_range(0..4))
}

const HOUR: Duration = Duration::from_secs(3_600);

/// Comes to a value, after letting the other tasks run some times.
async fn answer(value: u64, pauses: u32) -> u64 {
    for _ in 0..pauses {
        yield_now().await;
    }
    value
}

/// Goes through the steps of one task.
async fn session(steps: Arc<Vec<Step>>) -> Outcome {
    let (mut total, mut late, mut cancelled) = (0, 0, 0);
    for &(kind, value, pauses) in steps.iter() {
        match kind {
            Kind::Limit => {
                let answered = timeout(HOUR, answer(value, pauses)).await;
                total += value * answered.expect("it takes less than an hour");
            }
            Kind::Late => {
                let limit = Instant::now() - Duration::from_millis(value);
                if timeout_at(limit, pending::<()>()).await.is_err() {
                    late += value;
                }
            }
            Kind::Due => {
                sleep_until(Instant::now() - Duration::from_millis(value)).await;
                total += value;
            }
            Kind::Cancel => {
                let sleeper = tokio::spawn(sleep(HOUR));
                answer(value, pauses).await;
                sleeper.abort();
                if sleeper.await.is_err_and(|error| error.is_cancelled()) {
                    cancelled += value;
                }
            }
        }
    }
    (total, late, cancelled)
}

/// The seconds that a session takes.
async fn time(steps: Arc<Vec<Step>>) -> f64 {
    let start = Instant::now();
    session(steps).await;
    start.elapsed().as_secs_f64()
}

/// Has all sessions take place at the same time.
fn at_once<T, F>(runtime: &Runtime, input: &Input, session: fn(Arc<Vec<Step>>) -> F) -> Vec<T>
where
    T: Send + 'static,
    F: Future<Output = T> + Send + 'static,
{
    let sessions = input.sessions.iter().map(Arc::clone);
    let tasks: Vec<_> = sessions.map(|steps| runtime.spawn(session(steps))).collect();
    runtime.block_on(async {
        let mut results = Vec::with_capacity(tasks.len());
        for task in tasks {
            results.push(task.await.expect("a session does not panic"));
        }
        results
    })
}

fn runtime(mut builder: Builder) -> Runtime {
    builder.enable_time().build().expect("a runtime can be made")
}

fn single() -> Runtime {
    runtime(Builder::new_current_thread())
}

fn multi() -> Runtime {
    runtime(Builder::new_multi_thread())
}

fn outcomes(runtime: &Runtime, input: &Input) -> Vec<Outcome> {
    at_once(runtime, input, session)
}

fn latencies(runtime: &Runtime, input: &Input) -> Vec<f64> {
    at_once(runtime, input, time)
}

/// Refuses times of more than a second ago, and pauses that take long.
fn valid(input: &Input) -> bool {
    let mut steps = input.sessions.iter().flat_map(|session| session.iter());
    steps.all(|&(_, value, pauses)| value <= 1_000 && pauses <= 10)
}

/// The pair, as the build script finds it.
pub fn pair() -> Pair {
    Pair::new(
        Profile::Concurrent,
        "many tasks with time limits that are set and taken back",
    )
    .input(generate)
    .digs(valid)
    .cases("tasks", &[10, 100, 2_000])
    .tolerance(Tolerance::EXACT)
    .python(&["uvloop"])
    .rust_variant_with("rust", single, outcomes)
    .rust_variant_with("tokio", multi, outcomes)
    .latencies(&["python", "uvloop"])
    .rust_latencies("rust", single, latencies)
    .rust_latencies("tokio", multi, latencies)
    .build()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(sessions: &[&[Step]]) -> Vec<Outcome> {
        let input = Input {
            sessions: sessions.iter().map(|steps| Arc::new(steps.to_vec())).collect(),
        };
        let answer = outcomes(&single(), &input);
        assert_eq!(answer, outcomes(&multi(), &input));
        answer
    }

    #[test]
    fn every_session_has_its_time() {
        let input = generate(40, 2);
        for runtime in [single(), multi()] {
            assert_eq!(latencies(&runtime, &input).len(), 40);
        }
    }

    #[test]
    fn each_kind_of_step_is_counted_by_itself() {
        let (limit, late, cancel) = (Kind::Limit, Kind::Late, Kind::Cancel);
        assert_eq!(
            run(&[
                &[(limit, 3, 0), (limit, 5, 9)],
                &[(late, 7, 0), (late, 1, 3), (limit, 2, 1)],
                &[(cancel, 11, 0), (cancel, 13, 2)],
                &[(Kind::Due, 17, 0), (Kind::Due, 19, 5)],
                &[],
            ]),
            [(9 + 25, 0, 0), (4, 8, 0), (0, 0, 24), (36, 0, 0), (0, 0, 0)]
        );
    }

    #[test]
    fn no_tasks_are_no_work() {
        assert_eq!(run(&[]).len(), 0);
    }

    #[test]
    fn what_is_generated_has_all_kinds_and_its_size() {
        for size in [1, 2, 60] {
            for seed in [0, u64::MAX] {
                let input = generate(size, seed);
                assert_eq!(input.sessions.len() as u64, size);
                let outcomes = outcomes(&single(), &input);
                assert_eq!(outcomes[0], (0, 0, 0));
                assert!(size < 2 || outcomes[1] == (58, 5, 3));
            }
        }
        let steps = generate(60, 1);
        for kind in [Kind::Limit, Kind::Late, Kind::Due, Kind::Cancel] {
            let found = steps
                .sessions
                .iter()
                .flat_map(|steps| steps.iter())
                .filter(|step| step.0 == kind)
                .count();
            assert!(found > 5, "{kind:?}: {found}");
        }
    }
}
