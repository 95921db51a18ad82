//! How a declaration begins: what the pair is about, and where its inputs come from.

#[cfg(feature = "harness")]
use super::builder::Calls;
use super::builder::{Each, PairBuilder, check_reference};
#[cfg(feature = "harness")]
use super::encode::encode;
use super::pair::Pair;
use super::workload::{Form, Inputs};
use super::{Native, Profile, Tolerance, Variant};
use serde::Serialize;
#[cfg(feature = "harness")]
use std::any::Any;

/// A pair that has no input yet.
#[derive(Debug)]
pub struct PairStart {
    profile: Profile,
    about: &'static str,
    baseline: Option<&'static str>,
}

impl Pair {
    /// Starts a pair: its profile and one line on what it computes.
    ///
    /// ```
    /// use pairbench::registry::{Pair, Profile};
    ///
    /// fn pair() -> Pair {
    ///     Pair::new(Profile::HotLoop, "sum of the squares of a list of integers")
    ///         .input(|size, seed| (seed..seed + size).collect::<Vec<u64>>())
    ///         .cases("integers", &[100, 10_000, 1_000_000])
    ///         .python(&["numpy"]) // besides `python`, which every pair has
    ///         .rust(|numbers: &Vec<u64>| numbers.iter().map(|n| n * n).sum::<u64>())
    ///         .build()
    /// }
    /// # assert_eq!(pair().cases().len(), 3);
    /// ```
    #[expect(clippy::new_ret_no_self, reason = "the builder is how a pair reads")]
    pub fn new(profile: Profile, about: &'static str) -> PairStart {
        PairStart {
            profile,
            about,
            baseline: None,
        }
    }

    /// Starts a pair whose Python side is an existing function: `package.module:function` of any module that the
    /// interpreter can import, or `pairs.py:function` of a file beside the bench.
    ///
    /// ```
    /// use pairbench::registry::{Kind, Pair};
    ///
    /// let pair: Pair = Pair::of("shop.text:slug")
    ///     .each(|size, _| (0..size).map(|n| format!("No. {n}")).collect::<Vec<_>>())
    ///     .cases("titles", &[100, 1000])
    ///     .step(Kind::Extension, "native", "shop._native:slug")
    ///     .rust(|title: &String| title.to_lowercase().replace(' ', "-"))
    ///     .into();
    /// # assert_eq!(pair.variants().len(), 3);
    /// ```
    #[track_caller]
    pub fn of(function: &'static str) -> PairStart {
        check_reference(function);
        PairStart {
            profile: Profile::Undeclared,
            about: function,
            baseline: Some(function),
        }
    }
}

impl PairStart {
    /// Declares the kind of work.
    pub fn profile(mut self, profile: Profile) -> Self {
        self.profile = profile;
        self
    }

    /// One line on what the pair computes.
    pub fn about(mut self, about: &'static str) -> Self {
        self.about = about;
        self
    }

    /// How to make the input of a given size from a seed. It must be deterministic and is never timed.
    ///
    /// The type decides what Python gets: a struct becomes keyword arguments named after its fields (and so does a map,
    /// by its keys), anything else one positional argument. Inside, `Vec` is a list, `String` a `str`, `HashMap` a
    /// `dict`, `Option` the value or `None`, and `serde_bytes` makes `bytes`.
    pub fn input<I, M>(self, make: M) -> PairBuilder<I>
    where
        I: Serialize + 'static,
        M: Fn(u64, u64) -> I + Clone + Send + Sync + 'static,
    {
        self.with(Inputs::made(make, Form::One))
    }

    /// How to make `size` inputs from a seed, one for each call; one measurement makes all of these calls. For calls
    /// that are too short on their own, or whose mix matters.
    pub fn each<I, M>(self, make: M) -> PairBuilder<Each<I>>
    where
        I: Serialize + 'static,
        M: Fn(u64, u64) -> Vec<I> + Clone + Send + Sync + 'static,
    {
        self.with(Inputs::made(make, Form::Each))
    }

    /// A file below the package; one measurement makes a call for each of its elements. A line of `.jsonl` is a call,
    /// as `pairbench record` writes it, or a value that is the only argument; `.json` is a list of such values; a line
    /// of `.txt` is a string; a row of `.csv` is a map from column titles to strings.
    #[cfg(feature = "harness")]
    pub fn calls(self, path: impl AsRef<std::path::Path>) -> PairBuilder<Calls> {
        self.with_file(path.as_ref(), false)
    }

    /// The same files, but with a single call, whose only argument is the list of all elements. A `.json` file may
    /// contain something other than a list.
    #[cfg(feature = "harness")]
    pub fn input_file(self, path: impl AsRef<std::path::Path>) -> PairBuilder<Calls> {
        self.with_file(path.as_ref(), true)
    }

    #[cfg(feature = "harness")]
    fn with_file(self, path: &std::path::Path, whole: bool) -> PairBuilder<Calls> {
        use super::calls::{CallFile, Element};
        use std::sync::Arc;
        let file = Arc::new(CallFile::new(path, whole));
        let (of_rust, of_python) = (file.clone(), file.clone());
        let form = if whole { Form::Call } else { Form::Calls };
        let mut builder: PairBuilder<Calls> = self.with(Inputs {
            make: Box::new(move |size, _| {
                let calls = of_rust.calls(size);
                Box::new(calls.map(|calls| (calls, form))) as Box<dyn Any>
            }),
            pickle: Box::new(move |size, _| of_python.pickle(size)),
            form,
            take: Some(Box::new(move |call| {
                let calls = vec![Element::Pickle(call.pickle().into())];
                let pickle = encode(&calls).map_err(|error| error.0)?;
                Ok((Box::new(Ok::<_, String>((calls, form))) as Box<dyn Any>, pickle))
            })),
        });
        builder.pair.file = Some(file);
        builder.pair.unit = if whole { "elements" } else { "calls" };
        builder
    }

    fn with<I>(self, inputs: Inputs) -> PairBuilder<I> {
        let mut baseline = Variant::python(Variant::BASELINE);
        baseline.function = self.baseline.map(Into::into);
        PairBuilder::of(Pair {
            profile: self.profile,
            about: self.about,
            unit: "",
            cases: Vec::new(),
            tolerance: Tolerance::default(),
            variants: vec![baseline],
            floors: Vec::new(),
            rust: Vec::new(),
            inputs,
            native: Native::default(),
            replaces: None,
            versions: None,
            latencies: Vec::new(),
            refusals: Vec::new(),
            places: Vec::new(),
            servers: None,
            #[cfg(feature = "harness")]
            file: None,
        })
    }
}
