//! Readings of many sensors, passed from stage to stage through queues of limited length.
//!
//! Readers of logs, importers, crawlers and consumers of message queues are built like this: a producer reads,
//! several workers do something to each item, a consumer gathers the results, and a queue that is full makes the
//! one before it wait. Readings of one sensor go to the same worker, so that they stay in order. The stages do little
//! here, so what is measured is mostly handing things over.
//!
//! It does not show queues between processes or machines, nor stages that wait for a disk or a network. And asyncio
//! is one thread: its stages take turns, and a pipeline gains order from it and no speed. Readings are of up to 15
//! characters without spaces and underscores, and in ASCII: Python's `int` takes more than Rust's `parse`.

use pairbench::registry::prelude::*;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use std::collections::HashMap;
use std::sync::Arc;
use tokio::runtime::{Builder, Runtime};
use tokio::sync::mpsc::{self, Receiver, Sender};

/// What the producer reads, and how the pipeline is built.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Input {
    /// Each a sensor's number and what it reads, with `;` between; shared, because tasks outlive the call that starts
    /// them.
    #[serde(serialize_with = "shared", deserialize_with = "share")]
    lines: Arc<Vec<String>>,
    /// How many workers there are.
    workers: usize,
    /// How many items a queue holds.
    capacity: usize,
}

fn shared<T: Serialize, S: serde::Serializer>(value: &Arc<T>, serializer: S) -> Result<S::Ok, S::Error> {
    value.as_ref().serialize(serializer)
}

fn share<'de, T: Deserialize<'de>, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Arc<T>, D::Error> {
    T::deserialize(deserializer).map(Arc::new)
}

/// By sensor: readings, their sum, jumps, faults.
type Sensors = HashMap<u32, (u64, i64, u64, u64)>;

/// First the edges, then sensors that wander, jump now and then, and fail now and then.
fn generate(size: u64, seed: u64) -> Input {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let mut readings: Vec<i64> = (0..40).map(|_| rng.random_range(-5_000..5_000)).collect();
    let lines = (0..size).map(|at| match EDGES.get(at as usize) {
        Some(&edge) => edge.into(),
        None => {
            let sensor = rng.random_range(0..readings.len());
            readings[sensor] += match rng.random_ratio(1, 30) {
                true => rng.random_range(-2_000..2_000),
                false => rng.random_range(-100..=100),
            };
            match rng.random_range(0..50_u32) {
                0 => format!("{sensor};error"),
                _ => format!("{sensor};{}", readings[sensor]),
            }
        }
    });
    Input {
        lines: Arc::new(lines.collect()),
        workers: 6,
        capacity: 16,
    }
}

/// A first reading, just no jump and just one upwards and downwards, one across a fault, faults before any reading, and the
/// same reading of other sensors of the same worker.
const EDGES: [&str; 14] = [
    "1000;-10",
    "1000;240",
    "1000;491",
    "1000;241",
    "1000;-10",
    "1000;",
    "1000;-261",
    "7;error",
    "7;1.5",
    "7;300",
    "13;300",
    "13;-0",
    "19;12;5",
    "1000;-261",
];

/// Of the two newest readings of a sensor that are this many units apart, the newer one is a jump.
const JUMP: u64 = 250;

/// A sensor, and what it reads as text.
struct Item(u32, String);

/// A sensor, what it reads unless that was not understood, and whether that is a jump.
struct Checked(u32, Option<i64>, bool);

/// Gives each line to the worker that has its sensor. Dropping the queues says that there are no more.
async fn produce(lines: Arc<Vec<String>>, queues: Vec<Sender<Item>>) {
    for line in lines.iter() {
        let (sensor, reading) = line.split_once(';').expect("a line has two parts");
        let sensor: u32 = sensor.parse().expect("a sensor has a number");
        let queue = &queues[sensor as usize % queues.len()];
        let sent = queue.send(Item(sensor, reading.into())).await;
        sent.expect("workers go on until there are no more");
    }
}

/// Understands the readings of some sensors, and compares each with the one before.
async fn work(mut queue: Receiver<Item>, results: Sender<Checked>) {
    let mut before: HashMap<u32, i64> = HashMap::new();
    while let Some(Item(sensor, text)) = queue.recv().await {
        let checked = match text.parse() {
            Ok(reading) => {
                let last = before.insert(sensor, reading).unwrap_or(reading);
                Checked(sensor, Some(reading), reading.abs_diff(last) > JUMP)
            }
            Err(_) => Checked(sensor, None, false),
        };
        let sent = results.send(checked).await;
        sent.expect("the consumer goes on until all workers have ended");
    }
}

/// Gathers readings, their sum, jumps and faults by sensor until all workers have ended.
async fn consume(mut results: Receiver<Checked>) -> Sensors {
    let mut sensors = Sensors::new();
    while let Some(Checked(sensor, reading, jump)) = results.recv().await {
        let totals = sensors.entry(sensor).or_default();
        match reading {
            Some(reading) => {
                totals.0 += 1;
                totals.1 += reading;
                totals.2 += u64::from(jump);
            }
            None => totals.3 += 1,
        }
    }
    sensors
}

/// Starts all stages, with a queue before each of them but the first.
fn run(runtime: &Runtime, input: &Input) -> Sensors {
    let (results, checked) = mpsc::channel(input.capacity);
    let mut queues = Vec::with_capacity(input.workers);
    for _ in 0..input.workers {
        let (queue, items) = mpsc::channel(input.capacity);
        queues.push(queue);
        runtime.spawn(work(items, results.clone()));
    }
    drop(results);
    runtime.spawn(produce(Arc::clone(&input.lines), queues));
    let consumer = runtime.spawn(consume(checked));
    runtime.block_on(consumer).expect("the consumer does not panic")
}

fn runtime(mut builder: Builder) -> Runtime {
    builder.build().expect("a runtime can be made")
}

/// Refuses lines without a sensor's number or with a reading that only Python takes, pipelines without workers or room
/// in their queues, and too many of them.
fn valid(input: &Input) -> bool {
    let alike = |byte: u8| byte.is_ascii_graphic() && byte != b'_';
    let reading = |text: &str| text.len() <= 15 && text.bytes().all(alike);
    let understood = |line: &str| {
        line.split_once(';')
            .is_some_and(|(sensor, text)| sensor.parse::<u32>().is_ok() && reading(text))
    };
    input.lines.iter().all(|line| understood(line))
        && (1..=20).contains(&input.workers)
        && (1..=1_000).contains(&input.capacity)
}

/// The pair, as the build script finds it.
pub fn pair() -> Pair {
    Pair::new(
        Profile::Concurrent,
        "readings passed from stage to stage through queues",
    )
    .input(generate)
    .digs(valid)
    .cases("readings", &[60, 3_000, 30_000])
    .tolerance(Tolerance::EXACT)
    .python(&["uvloop"])
    .rust_variant_with("rust", || runtime(Builder::new_current_thread()), run)
    .rust_variant_with("tokio", || runtime(Builder::new_multi_thread()), run)
    .build()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn both(lines: &[&str], workers: usize, capacity: usize) -> Sensors {
        let input = Input {
            lines: Arc::new(lines.iter().map(ToString::to_string).collect()),
            workers,
            capacity,
        };
        let sensors = run(&runtime(Builder::new_current_thread()), &input);
        assert_eq!(sensors, run(&runtime(Builder::new_multi_thread()), &input));
        sensors
    }

    #[test]
    fn readings_followed_by_hand() {
        let expected = Sensors::from([
            // -10, 240, 491 (a jump), 241, -10 (a jump), a fault, -261 (a jump), -261
            (1000, (7, 430, 3, 1)),
            (7, (1, 300, 0, 2)),
            (13, (2, 300, 1, 0)),
            (19, (0, 0, 0, 1)),
        ]);
        for (workers, capacity) in [(1, 1), (2, 1), (6, 16), (50, 3)] {
            assert_eq!(both(&EDGES, workers, capacity), expected);
        }
    }

    #[test]
    fn an_empty_input_ends() {
        assert_eq!(both(&[], 3, 2), Sensors::new());
    }

    #[test]
    fn no_line_is_lost_at_any_size() {
        for size in [1, 2, 15, 500] {
            for seed in [0, 1, u64::MAX] {
                let sensors = run(&runtime(Builder::new_multi_thread()), &generate(size, seed));
                let counted: u64 = sensors.values().map(|totals| totals.0 + totals.3).sum();
                assert_eq!(counted, size);
            }
        }
    }
}
