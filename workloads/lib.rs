//! The Rust sides of the shipped pairs, one module a pair, and the extension module that their `native` variants call.
//!
//! A pair is two files: `workloads/…/NAME.rs` here and `python/…/NAME.py` beside. Nothing else names it.

pairbench::pairs!();

#[cfg(feature = "python")]
pairbench::extension_module!();

use std::cell::Cell;
use std::time::{Duration, Instant};
use tokio::runtime::Runtime;
use tokio::sync::Semaphore;

/// Sends requests at this rate, in requests a second, for so long, whatever has been answered by then, each over the next
/// connection that is free. `send` gets the connection and the number of the request. Returns the seconds from the time at which
/// each was to be sent to its answer.
pub(crate) fn pace<C>(
    runtime: &Runtime,
    connections: impl ExactSizeIterator<Item = C>,
    rate: f64,
    time: Duration,
    send: impl AsyncFn(&mut C, usize) -> Result<(), String>,
) -> Result<Vec<f64>, String> {
    let number = (rate * time.as_secs_f64()).ceil() as usize;
    let due = |at: usize| Duration::from_secs_f64(at as f64 / rate);
    let (started, next) = (Semaphore::new(0), Cell::new(0));
    let workers = connections.len();
    let start = Instant::now();
    let sent = std::thread::scope(|scope| {
        let started = &started;
        // The runtime's own timers are a millisecond wide.
        scope.spawn(move || {
            for at in 0..number {
                std::thread::sleep((start + due(at)).saturating_duration_since(Instant::now()));
                started.add_permits(1);
            }
            // So that every connection sees the end.
            started.add_permits(workers);
        });
        let (next, send) = (&next, &send);
        let workers = connections.map(async |mut connection| {
            let mut seconds = Vec::new();
            loop {
                let permit = started.acquire().await;
                permit.map_err(|error| error.to_string())?.forget();
                let at = next.get();
                if at >= number {
                    return Ok::<_, String>(seconds);
                }
                next.set(at + 1);
                send(&mut connection, at).await?;
                seconds.push((start.elapsed().saturating_sub(due(at))).as_secs_f64());
            }
        });
        runtime.block_on(futures_util::future::join_all(workers))
    });
    let mut all = Vec::with_capacity(number);
    for seconds in sent {
        all.extend(seconds?);
    }
    Ok(all)
}
