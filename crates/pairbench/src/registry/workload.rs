//! The typed half of a pair with its types erased, so that pairs of all types fit in one list.
#![cfg_attr(not(feature = "harness"), allow(dead_code))]

use super::encode::{WorkloadError, encode};
use serde::Serialize;
use std::any::Any;
use std::hint::black_box;
use std::time::{Duration, Instant};

/// Whether inputs and Rust variants are ever used. An extension module only adds functions for Python, unless it counts
/// allocations; where this is `false`, the compiler leaves out all code behind it, which is most of a crate of pairs.
pub(super) const USED: bool = cfg!(any(feature = "harness", feature = "counting"));

/// A Rust variant that is set up and ready to run on its own input.
pub trait Opened {
    /// Why it cannot be called, if its input could not be read.
    fn unreadable(&self) -> Option<&str> {
        None
    }

    /// How long it took to set up what the variant needs, such as a thread pool; the input is not part of it.
    fn setup_time(&self) -> Duration;

    /// Makes one call and returns the output as a pickle, and how long the call took.
    ///
    /// # Errors
    ///
    /// When the output has no Python equivalent.
    fn call(&mut self) -> Result<(Vec<u8>, Duration), WorkloadError>;

    /// If one input takes several calls: the index of the one that [`call`](Opened::call) made last.
    fn at(&self) -> Option<usize> {
        None
    }

    /// The input as it is now, as a pickle.
    ///
    /// # Errors
    ///
    /// When the input has no Python equivalent.
    fn input(&self) -> Result<Vec<u8>, WorkloadError>;

    /// The time of `calls` calls, including dropping each output, as Python frees a result before the next call.
    fn time(&mut self, calls: u64) -> Duration;
}

/// The function of a Rust variant that takes the input alone. Its answer may borrow from the input: it is encoded or
/// dropped before the input changes.
///
/// A closure needs an explicit parameter type (`|numbers: &Vec<u64>| …`): the compiler infers it only if the type of
/// the answer does not depend on a lifetime.
pub trait Port<'a, I: 'a>: Fn(&'a I) -> <Self as Port<'a, I>>::Answer {
    /// What it returns for an input that lives for `'a`.
    type Answer: Serialize;
}

impl<'a, I: 'a, O: Serialize, F: Fn(&'a I) -> O> Port<'a, I> for F {
    type Answer = O;
}

/// Like [`Port`], for a variant that sets something up, from which the answer may borrow as well.
pub trait PortWith<'a, R: 'a, I: 'a>: Fn(&'a R, &'a I) -> <Self as PortWith<'a, R, I>>::Answer {
    /// What it returns for a resource and an input that live for `'a`.
    type Answer: Serialize;
}

impl<'a, R: 'a, I: 'a, O: Serialize, F: Fn(&'a R, &'a I) -> O> PortWith<'a, R, I> for F {
    type Answer = O;
}

/// A port as a [`PortWith`] with nothing set up.
pub(super) fn alone<I, F>(
    run: F,
) -> impl for<'a> Fn(&'a (), &'a I) -> <F as Port<'a, I>>::Answer + Clone + Send + Sync
where
    F: for<'a> Port<'a, I> + Clone + Send + Sync,
{
    move |(), input| run(input)
}

struct Running<I, R, F> {
    input: I,
    resource: R,
    setup: Duration,
    run: F,
}

impl<I, R, F> Opened for Running<I, R, F>
where
    I: Serialize,
    F: for<'a> PortWith<'a, R, I>,
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

/// Sets up a Rust variant on an input, which it takes over.
pub(super) type Open = Box<dyn Fn(Box<dyn Any>) -> Box<dyn Opened> + Send + Sync>;

pub(super) fn opener<I, R, S, F>(set_up: S, run: F) -> Open
where
    I: Serialize + 'static,
    R: 'static,
    S: Fn(&I) -> R + Send + Sync + 'static,
    F: for<'a> PortWith<'a, R, I> + Clone + Send + Sync + 'static,
{
    Box::new(move |input| {
        if !USED {
            unreachable!();
        }
        let input = *input.downcast::<I>().expect("the pair's own input type");
        let start = Instant::now();
        let resource = set_up(&input);
        // A variant that needs no set-up reports zero, not a very short time.
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

/// A Rust variant that is called once with each of several inputs.
struct Repeated<I, F> {
    inputs: Vec<I>,
    pickle: Vec<u8>,
    form: Form,
    run: F,
    at: usize,
}

impl<I, O, F> Opened for Repeated<I, F>
where
    O: Serialize,
    F: Fn(&I) -> O,
{
    fn setup_time(&self) -> Duration {
        Duration::ZERO
    }

    fn call(&mut self) -> Result<(Vec<u8>, Duration), WorkloadError> {
        let start = Instant::now();
        let outputs = self.inputs.iter().enumerate().map(|(at, input)| {
            self.at = at;
            (self.run)(input)
        });
        let outputs: Vec<O> = outputs.collect();
        let took = start.elapsed();
        let pickle = match self.form {
            Form::Call => encode(&outputs[0])?,
            _ => encode(&outputs)?,
        };
        Ok((pickle, took))
    }

    fn at(&self) -> Option<usize> {
        Some(self.at)
    }

    fn input(&self) -> Result<Vec<u8>, WorkloadError> {
        Ok(self.pickle.clone())
    }

    fn time(&mut self, calls: u64) -> Duration {
        let start = Instant::now();
        for _ in 0..calls {
            // As in Python, which keeps the answers to all inputs until the last.
            black_box(black_box(&self.inputs).iter().map(&self.run).collect::<Vec<O>>());
        }
        start.elapsed()
    }
}

/// A variant whose input could not be read, and why.
struct Unreadable(String);

impl Opened for Unreadable {
    fn unreadable(&self) -> Option<&str> {
        Some(&self.0)
    }

    fn setup_time(&self) -> Duration {
        Duration::ZERO
    }

    fn call(&mut self) -> Result<(Vec<u8>, Duration), WorkloadError> {
        Err(WorkloadError(self.0.clone()))
    }

    fn input(&self) -> Result<Vec<u8>, WorkloadError> {
        Err(WorkloadError(self.0.clone()))
    }

    fn time(&mut self, _calls: u64) -> Duration {
        unreachable!("a variant without an answer is not timed")
    }
}

/// For inputs that are one call each.
pub(super) fn each_opener<I, O, F>(run: F) -> Open
where
    I: Serialize + 'static,
    O: Serialize + 'static,
    F: Fn(&I) -> O + Clone + Send + Sync + 'static,
{
    Box::new(move |inputs| {
        if !USED {
            unreachable!();
        }
        let inputs = *inputs.downcast::<Vec<I>>().expect("the pair's own input type");
        match encode(&inputs) {
            Ok(pickle) => Box::new(Repeated {
                inputs,
                pickle,
                form: Form::Each,
                run: run.clone(),
                at: 0,
            }),
            Err(error) => Box::new(Unreadable(error.0)),
        }
    })
}

/// What a [`CallFile`](super::calls::CallFile) makes: the calls in the file, and whether they are one call or several.
#[cfg(feature = "harness")]
pub(super) type FromFile = Result<(Vec<super::calls::Element>, Form), String>;

/// For calls from a file: reads their arguments and prepares them.
#[cfg(feature = "harness")]
pub(super) fn call_opener<A: 'static, P, O, F>(prepare: P, run: F) -> Open
where
    P: super::arguments::Function<A>,
    P::Output: 'static,
    O: Serialize + 'static,
    F: Fn(&P::Output) -> O + Clone + Send + Sync + 'static,
{
    open_calls(move |given| Ok(prepare.call(P::read(given)?)), run)
}

/// The same for a function that is called with the arguments themselves.
#[cfg(feature = "harness")]
pub(super) fn direct_opener<A: 'static, F>(function: F) -> Open
where
    F: super::arguments::Function<A>,
    F::Output: Serialize + 'static,
{
    open_calls(F::read, move |kept: &F::Kept| function.call(*kept))
}

#[cfg(feature = "harness")]
fn open_calls<I, O, R, F>(read: R, run: F) -> Open
where
    I: 'static,
    O: Serialize + 'static,
    R: Fn(super::calls::Given) -> Result<I, String> + Send + Sync + 'static,
    F: Fn(&I) -> O + Clone + Send + Sync + 'static,
{
    Box::new(move |made| {
        let made = *made.downcast::<FromFile>().expect("the calls of a file");
        let opened = made.and_then(|(elements, form)| {
            let calls = elements.iter().enumerate().map(|(at, element)| {
                let read = super::calls::Given::of(element).and_then(&read);
                read.map_err(|why| format!("call {}: {why}", at + 1))
            });
            Ok(Repeated {
                inputs: calls.collect::<Result<_, _>>()?,
                pickle: encode(&elements).map_err(|error| error.0)?,
                form,
                run: run.clone(),
                at: 0,
            })
        });
        match opened {
            Ok(repeated) => Box::new(repeated),
            Err(why) => Box::new(Unreadable(why)),
        }
    })
}

/// How an input becomes calls.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    /// One call: a map becomes its keyword arguments, anything else its one argument.
    One,
    /// A call like that for each element of a list.
    Each,
    /// One call, as a file stores it.
    Call,
    /// Several calls like that.
    Calls,
}

impl Form {
    /// Its name in `worker.py`.
    pub fn name(self) -> &'static str {
        match self {
            Form::One => "one",
            Form::Each => "each",
            Form::Call => "call",
            Form::Calls => "calls",
        }
    }
}

/// Makes an input and its pickle.
pub(super) struct Inputs {
    pub make: Box<dyn Fn(u64, u64) -> Box<dyn Any> + Send + Sync>,
    pub pickle: Box<dyn Fn(u64, u64) -> Result<Vec<u8>, WorkloadError> + Send + Sync>,
    pub form: Form,
    /// Takes a value that a dig made; `None` if only sizes and seeds can be changed.
    #[cfg(feature = "harness")]
    pub take: Option<Take>,
}

impl Inputs {
    /// Inputs that a function makes from a size and a seed.
    pub fn made<T: Serialize + 'static>(
        make: impl Fn(u64, u64) -> T + Clone + Send + Sync + 'static,
        form: Form,
    ) -> Self {
        let for_pickle = make.clone();
        Inputs {
            make: Box::new(move |size, seed| match USED {
                true => Box::new(make(size, seed)) as Box<dyn Any>,
                false => unreachable!(),
            }),
            pickle: Box::new(move |size, seed| match USED {
                true => encode(&for_pickle(size, seed)),
                false => unreachable!(),
            }),
            form,
            #[cfg(feature = "harness")]
            take: None,
        }
    }
}

/// Makes a single call from a plain value: the input to set up a Rust variant on, and the pickle for Python.
#[cfg(feature = "harness")]
pub(super) type Take =
    Box<dyn Fn(&super::plain::Plain) -> Result<(Box<dyn Any>, Vec<u8>), String> + Send + Sync>;
