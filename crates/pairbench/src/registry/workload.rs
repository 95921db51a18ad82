//! The typed half of a pair with its types hidden, so that pairs of all types fit in one list.

use super::encode::{WorkloadError, encode};
use serde::Serialize;
use std::any::Any;
use std::hint::black_box;
use std::time::{Duration, Instant};

/// A Rust variant, set up and ready to run on an input of its own.
pub trait Opened {
    /// How long setting up what the variant needs (a thread pool, say) took; the input is not part of it.
    fn setup_time(&self) -> Duration;

    /// Calls once and returns the output as a pickle, and what the call took.
    ///
    /// # Errors
    ///
    /// When the output has no Python equivalent.
    fn call(&mut self) -> Result<(Vec<u8>, Duration), WorkloadError>;

    /// The input as it is now, as a pickle.
    ///
    /// # Errors
    ///
    /// When the input has no Python equivalent.
    fn input(&self) -> Result<Vec<u8>, WorkloadError>;

    /// The time of `calls` calls, each with dropping its output, as Python frees a result before the next call.
    fn time(&mut self, calls: u64) -> Duration;
}

struct Running<I, R, F> {
    input: I,
    resource: R,
    setup: Duration,
    run: F,
}

impl<I, O, R, F> Opened for Running<I, R, F>
where
    I: Serialize,
    O: Serialize,
    F: Fn(&R, &I) -> O,
{
    fn setup_time(&self) -> Duration {
        self.setup
    }

    fn call(&mut self) -> Result<(Vec<u8>, Duration), WorkloadError> {
        let start = Instant::now();
        let output = (self.run)(&self.resource, &self.input);
        let took = start.elapsed();
        Ok((encode(&output)?, took))
    }

    fn input(&self) -> Result<Vec<u8>, WorkloadError> {
        encode(&self.input)
    }

    fn time(&mut self, calls: u64) -> Duration {
        let start = Instant::now();
        for _ in 0..calls {
            black_box((self.run)(black_box(&self.resource), black_box(&self.input)));
        }
        start.elapsed()
    }
}

/// Sets a Rust variant up on an input that it takes over.
pub(super) type Open = Box<dyn Fn(Box<dyn Any>) -> Box<dyn Opened> + Send + Sync>;

pub(super) fn opener<I, O, R, S, F>(set_up: S, run: F) -> Open
where
    I: Serialize + 'static,
    O: Serialize + 'static,
    R: 'static,
    S: Fn(&I) -> R + Send + Sync + 'static,
    F: Fn(&R, &I) -> O + Clone + Send + Sync + 'static,
{
    Box::new(move |input| {
        let input = *input.downcast::<I>().expect("the pair's own input type");
        let start = Instant::now();
        let resource = set_up(&input);
        // A variant that needs nothing is not one that is set up quickly.
        let setup = if size_of::<R>() == 0 {
            Duration::ZERO
        } else {
            start.elapsed()
        };
        Box::new(Running {
            input,
            resource,
            setup,
            run: run.clone(),
        })
    })
}

/// Makes an input and its pickle.
pub(super) struct Inputs {
    pub make: Box<dyn Fn(u64, u64) -> Box<dyn Any> + Send + Sync>,
    pub pickle: Box<dyn Fn(u64, u64) -> Result<Vec<u8>, WorkloadError> + Send + Sync>,
}
