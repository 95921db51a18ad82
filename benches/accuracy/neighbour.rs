//! The busy neighbour: a process that keeps one core busy and its memory moving, now and then.

use super::roles;
use pairbench::hosts::launcher::{self, Launched};
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use std::hint::black_box;
use std::path::Path;
use std::time::{Duration, Instant};

/// It works for up to this long, then rests for up to half of that: about two thirds of a core.
const BUSY_MS: u64 = 400;
/// More than a core's own caches hold.
const BYTES: usize = 32 << 20;

/// Starts the neighbour. It ends when this is dropped, and with its supervisor, however that ends.
///
/// # Errors
///
/// If the process does not start.
pub fn start(seed: u64, folder: &Path) -> Result<Launched, String> {
    let day = Duration::from_secs(24 * 3600);
    launcher::launch(
        &[roles::NEIGHBOUR, &seed.to_string()],
        &folder.join("neighbour"),
        roles::limits(day),
        0,
        &[],
        &[],
    )
    .map_err(|error| format!("the busy neighbour does not start: {error}"))
}

/// What its process does; never returns. Work and rest vary in length, because a regular neighbour would be in step
/// with samples of the same length.
pub fn live(seed: u64) -> ! {
    let mut random = StdRng::seed_from_u64(seed);
    let mut memory = vec![0_u64; BYTES / 8];
    loop {
        let until = Instant::now() + Duration::from_millis(random.random_range(10..=BUSY_MS));
        while Instant::now() < until {
            let start = random.random_range(0..memory.len());
            // A cache line apart.
            for at in (start..memory.len()).step_by(8).take(4096) {
                memory[at] = memory[at].wrapping_mul(3).wrapping_add(at as u64);
            }
            black_box(&mut memory);
        }
        std::thread::sleep(Duration::from_millis(random.random_range(5..=BUSY_MS / 2)));
    }
}
