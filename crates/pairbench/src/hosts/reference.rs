//! A workload of the harness that is the same in every run: the baseline is sampled beside it.
//!
//! Two runs can be compared by ratios alone, because what slows the machine slows both parts of a ratio. Every variant
//! has its ratio to the baseline; the baseline has one to this.

use super::{Answer, Fault, Handle, Host, Ready, Timing};
use std::hint::black_box;
use std::time::{Duration, Instant};

/// Entries of the table: 32 KiB, what a first-level cache holds.
const ENTRIES: usize = 4096;

/// Steps of a call, each of which depends on the one before: some tens of microseconds.
const STEPS: u32 = 10_000;

/// A chain of multiplications and look-ups in a small table. Changing it makes runs incomparable with older ones.
#[derive(Debug, Default)]
pub(super) struct Reference {
    table: Vec<u64>,
}

impl Reference {
    fn work(&self, start: u64) -> u64 {
        (0..STEPS).fold(start, |state, _| {
            let entry = self.table[(state >> 52) as usize % ENTRIES];
            // Knuth's multiplier for a linear congruential generator modulo 2⁶⁴.
            state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(entry)
        })
    }
}

impl Host for Reference {
    fn open(&mut self, _variant: &str, _size: u64, _seed: u64) -> Result<Ready, Fault> {
        self.table = (1..=ENTRIES as u64)
            .map(|at| at.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
            .collect();
        Ok(Ready {
            handle: Handle(0),
            setup: Duration::ZERO,
        })
    }

    fn settle(&mut self) -> Result<(), Fault> {
        Ok(())
    }

    fn call(&mut self, _handle: Handle) -> Result<Answer, Fault> {
        Err(Fault::Harness {
            message: "the reference is timed and has no answer".into(),
        })
    }

    fn time(&mut self, _handle: Handle, calls: u64) -> Result<Timing, Fault> {
        let start = Instant::now();
        for _ in 0..calls {
            black_box(self.work(black_box(1)));
        }
        Ok(Timing {
            wall: start.elapsed(),
            cpu: None,
        })
    }

    fn close(&mut self, _handle: Handle) -> Result<(), Fault> {
        self.table = Vec::new();
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_work_never_changes() {
        let mut reference = Reference::default();
        let ready = reference.open("reference", 1, 1).unwrap();
        assert_eq!(reference.work(1), 5_649_555_150_600_877_207);
        assert!(reference.call(ready.handle).is_err());
        assert!(reference.time(ready.handle, 3).is_ok());
        reference.close(ready.handle).unwrap();
    }
}
