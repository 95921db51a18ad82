//! The builder with which a pair's Rust file declares the pair.

#[cfg(feature = "harness")]
use super::arguments::Function;
use super::pair::{Pair, Place};
use super::workload::{Open, Port, PortWith, alone, each_opener, opener};
#[cfg(feature = "harness")]
use super::workload::{call_opener, direct_opener};
use super::{Case, Floor, Kind, Native, Profile, Side, Tolerance, Variant};
#[cfg(feature = "harness")]
use super::{encode::encode, plain::Plain};
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::fmt;
use std::marker::PhantomData;

/// A pair whose input type is known.
pub struct PairBuilder<I> {
    pub(super) pair: Pair,
    input: PhantomData<fn(&I)>,
}

/// The input of a pair whose Rust side is called once for each of several values of this type.
#[derive(Debug)]
pub struct Each<I>(PhantomData<fn(&I)>);

/// The input of a pair whose calls are in a file. The Rust function itself decides which arguments it takes.
#[cfg(feature = "harness")]
#[derive(Debug)]
pub struct Calls(());

#[track_caller]
pub(super) fn check_reference(function: &str) {
    let parts = function
        .split_once(':')
        .filter(|(module, name)| !module.is_empty() && !name.is_empty());
    assert!(
        parts.is_some(),
        "{function:?} is not a reference to a Python function: use package.module:function, or pairs.py:function"
    );
}

impl<I> fmt::Debug for PairBuilder<I> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.pair.fmt(f)
    }
}

impl<I> PairBuilder<I> {
    pub(super) fn of(pair: Pair) -> Self {
        PairBuilder {
            pair,
            input: PhantomData,
        }
    }

    /// The unit of the sizes, and the sizes. The middle one is the default; see [`default_case`](Self::default_case).
    pub fn cases(mut self, unit: &'static str, sizes: &[u64]) -> Self {
        self.pair.unit = unit;
        let middle = sizes.len().saturating_sub(1) / 2;
        self.pair.cases = sizes
            .iter()
            .enumerate()
            .map(|(at, &size)| Case {
                size,
                default: at == middle,
            })
            .collect();
        self
    }

    /// Makes another size the default. Choose the one for which the Python baseline takes about 10 to 30 ms.
    pub fn default_case(mut self, size: u64) -> Self {
        assert!(
            self.pair.cases.iter().any(|case| case.size == size),
            "no case has the size {size}"
        );
        for case in &mut self.pair.cases {
            case.default = case.size == size;
        }
        self
    }

    /// How close floats must be; [`Tolerance::default`] if this is not called.
    pub fn tolerance(mut self, tolerance: Tolerance) -> Self {
        self.pair.tolerance = tolerance;
        self
    }

    /// The variants that the Python file has besides `python`.
    ///
    /// `native` requires the extension module, and `numpy`, `numba`, `uvloop` and `orjson` the package of that name; a
    /// variant without its module is skipped. `mypyc` needs no function: it is the compiled `python` of the same file.
    pub fn python(mut self, names: &[&str]) -> Self {
        self.pair
            .variants
            .extend(names.iter().map(|name| Variant::python(name)));
        self
    }

    /// A Python module without which the variant is skipped (with the reason, never silently).
    pub fn requires(mut self, variant: &str, module: &str) -> Self {
        let found = self
            .pair
            .variants
            .iter_mut()
            .find(|v| v.name == variant && v.side == Side::Python);
        found
            .expect("requires() follows python() and names one of its variants")
            .requires
            .push(module.into());
        self
    }

    /// Adds a Python variant by reference, as in [`Pair::of`], and says what kind of step it is. It is skipped if its
    /// module is missing. If the function is in a file `pairs.py`, a function `setup_FUNCTION` in that file prepares
    /// the input outside the timed part; see CONTRIBUTING.
    #[track_caller]
    pub fn step(mut self, kind: Kind, name: &str, function: &str) -> Self {
        check_reference(function);
        let mut variant = Variant::python(name);
        variant.kind = Some(kind);
        variant.function = Some(function.into());
        let module = function.split(':').next().unwrap_or_default();
        variant.requires = match module.ends_with(".py") {
            true => Vec::new(),
            false => vec![module.into()],
        };
        let at = self
            .pair
            .variants
            .iter()
            .take_while(|known| known.side == Side::Python)
            .count();
        self.pair.variants.insert(at, variant);
        self
    }

    /// The functions that the `native` variant calls: `native![f, g]`.
    pub fn native(mut self, native: Native) -> Self {
        self.pair.native = native;
        self
    }

    /// The Python function that `native` replaces with Rust: its qualified name in the pair's module, or
    /// `module:qualname` for one of another module. Its measured share of the time limits what `native` can gain.
    pub fn replaces(mut self, function: &'static str) -> Self {
        self.pair.replaces = Some(function);
        self
    }

    /// The libraries that the Rust side uses, with their versions; shown where a ratio depends on them. The Python file
    /// declares its own in a function `versions` that returns a `dict` of names and versions.
    ///
    /// For crates without a version constant, `crate::locked("NAME")`, which [`pairs!`](crate::pairs) defines, returns
    /// the version in `Cargo.lock`.
    pub fn versions(mut self, versions: fn() -> Vec<(&'static str, String)>) -> Self {
        self.pair.versions = Some(versions);
        self
    }

    /// The Python variants whose requests can be timed one by one. For each of them the Python file has a function
    /// `latencies_VARIANT`, which gets the same input as the variant and returns a list of floats: the seconds that
    /// each request took.
    pub fn latencies(mut self, variants: &[&str]) -> Self {
        let names = variants.iter().map(ToString::to_string);
        self.pair.latencies.extend(names);
        self
    }

    /// Declares that two refusals are the same: an exception of this type, and a panic or an `Err` whose text contains
    /// this one. Until a pair declares one, `--dig` treats any two refusals as the same.
    pub fn refusal(mut self, exception: &str, text: &str) -> Self {
        self.pair.refusals.push((exception.into(), text.into()));
        self
    }

    /// Expects a variant to be at least `ratio` times as fast as `python` on the default case.
    ///
    /// A run fails if the whole interval lies below that, so a port that no longer pays is noticed. Leave a margin: the
    /// ratio differs between machines and interpreters. The baseline itself cannot have an expectation.
    pub fn at_least(mut self, variant: &str, ratio: f64) -> Self {
        self.pair.floors.push(Floor {
            variant: variant.into(),
            at_least: ratio,
        });
        self
    }

    /// The finished pair.
    ///
    /// # Panics
    ///
    /// When it has no case, two variants with the same name, or a floor or latencies for a variant that it does not
    /// have: it could not be measured, or not judged.
    pub fn build(self) -> Pair {
        let pair = self.pair;
        assert!(
            !pair.cases.is_empty() || pair.has_file(),
            "a pair needs at least one case: .cases(\"unit\", &[…])"
        );
        for (at, variant) in pair.variants.iter().enumerate() {
            let valid = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
            assert!(
                !variant.name.is_empty()
                    && variant.name.chars().all(valid)
                    && !Variant::RESERVED.contains(&variant.name.as_str()),
                "{:?} cannot be the name of a variant",
                variant.name
            );
            assert!(
                pair.variants[..at].iter().all(|other| other.name != variant.name),
                "two variants are called {}",
                variant.name
            );
        }
        assert!(
            pair.has_servers() || pair.profile != Profile::Service,
            "a pair of the profile service needs .served(…)"
        );
        pair.check_floors();
        pair.check_latencies();
        pair
    }
}

impl<I> PairBuilder<I> {
    #[track_caller]
    fn push<F>(&mut self, name: &str, open: Open) {
        self.pair.variants.push(Variant::rust(name));
        self.pair.rust.push((name.into(), open));
        self.pair.places.push(Place {
            function: std::any::type_name::<F>(),
            line: std::panic::Location::caller().line(),
        });
    }
}

impl<I: Serialize + 'static> PairBuilder<I> {
    /// The plain Rust port: a function, or a closure with its parameter's type. The answer may borrow from the input.
    ///
    /// ```
    /// # use pairbench::registry::{Pair, Profile};
    /// fn longest(words: &Vec<String>) -> Option<&str> {
    ///     words.iter().map(String::as_str).max_by_key(|word| word.len())
    /// }
    /// # let start = Pair::new(Profile::Flat, "").input(|size, _| vec![String::from("word"); size as usize]);
    /// # let start = start.cases("words", &[1, 2, 3]);
    /// let pair = start.rust(longest).build();
    /// ```
    #[track_caller]
    pub fn rust<F>(self, run: F) -> Self
    where
        F: for<'a> Port<'a, I> + Clone + Send + Sync + 'static,
    {
        self.rust_borrowing("rust", |_| (), alone(run))
    }

    /// Another Rust variant.
    #[track_caller]
    pub fn rust_variant<O, F>(self, name: &str, run: F) -> Self
    where
        O: Serialize + 'static,
        F: Fn(&I) -> O + Clone + Send + Sync + 'static,
    {
        self.rust_variant_with(name, || (), move |(), input| run(input))
    }

    /// A Rust variant that sets something up outside the timed part, such as a thread pool.
    #[track_caller]
    pub fn rust_variant_with<O, R, S, F>(self, name: &str, set_up: S, run: F) -> Self
    where
        O: Serialize + 'static,
        R: 'static,
        S: Fn() -> R + Send + Sync + 'static,
        F: Fn(&R, &I) -> O + Clone + Send + Sync + 'static,
    {
        self.rust_variant_from(name, move |_| set_up(), run)
    }

    /// The same with a set-up that gets the input, for example to write it to a file or a database.
    #[track_caller]
    pub fn rust_variant_from<O, R, S, F>(self, name: &str, set_up: S, run: F) -> Self
    where
        O: Serialize + 'static,
        R: 'static,
        S: Fn(&I) -> R + Send + Sync + 'static,
        F: Fn(&R, &I) -> O + Clone + Send + Sync + 'static,
    {
        self.rust_borrowing(name, set_up, run)
    }

    /// The same for an answer that borrows from the input or from what was set up (`|_| ()` for nothing). `run` has to
    /// be a function: a closure cannot express that its answer borrows from its parameter.
    #[track_caller]
    pub fn rust_borrowing<R, S, F>(mut self, name: &str, set_up: S, run: F) -> Self
    where
        R: 'static,
        S: Fn(&I) -> R + Send + Sync + 'static,
        F: for<'a> PortWith<'a, R, I> + Clone + Send + Sync + 'static,
    {
        self.push::<F>(name, opener(set_up, run));
        self
    }

    /// Times the requests of a Rust variant one by one: `set_up` is as in
    /// [`rust_variant_with`](Self::rust_variant_with), and `run` returns the seconds that each request took.
    pub fn rust_latencies<R, S, F>(mut self, variant: &str, set_up: S, run: F) -> Self
    where
        R: 'static,
        S: Fn() -> R + Send + Sync + 'static,
        F: Fn(&R, &I) -> Vec<f64> + Clone + Send + Sync + 'static,
    {
        self.pair.latencies.push(variant.into());
        let name = format!("{}{variant}", Variant::LATENCIES);
        self.pair.rust.push((name, opener(move |_: &I| set_up(), run)));
        self
    }
}

impl<I: Serialize + 'static> PairBuilder<Each<I>> {
    /// The plain Rust port, which gets one of the inputs.
    #[track_caller]
    pub fn rust<O, F>(self, run: F) -> Self
    where
        O: Serialize + 'static,
        F: Fn(&I) -> O + Clone + Send + Sync + 'static,
    {
        self.rust_variant("rust", run)
    }

    /// Another Rust variant.
    #[track_caller]
    pub fn rust_variant<O, F>(mut self, name: &str, run: F) -> Self
    where
        O: Serialize + 'static,
        F: Fn(&I) -> O + Clone + Send + Sync + 'static,
    {
        self.push::<F>(name, each_opener(run));
        self
    }
}

impl<I: Serialize + DeserializeOwned + 'static> PairBuilder<I> {
    /// Lets `--dig` change the values in the inputs, not only their size and seed. The type has to read what it writes.
    /// `valid` rejects inputs that the pair is not meant for, such as a matrix whose rows differ in length (`|_| true`
    /// if there are none).
    ///
    /// Pairs with [`calls`](super::PairStart::calls) or [`input_file`](super::PairStart::input_file) need no such line.
    pub fn digs(self, valid: impl Fn(&I) -> bool + Send + Sync + 'static) -> Self {
        #[cfg(feature = "harness")]
        return self.taking(move |value| read_valid(value, &valid));
        #[cfg(not(feature = "harness"))]
        return unused(self, valid);
    }
}

impl<I: Serialize + DeserializeOwned + 'static> PairBuilder<Each<I>> {
    /// The same; `valid` gets one of the inputs.
    pub fn digs(self, valid: impl Fn(&I) -> bool + Send + Sync + 'static) -> Self {
        #[cfg(feature = "harness")]
        return self.taking(move |value| Ok(vec![read_valid(value, &valid)?]));
        #[cfg(not(feature = "harness"))]
        return unused(self, valid);
    }
}

#[cfg(feature = "harness")]
impl<I> PairBuilder<I> {
    fn taking<T: Serialize + 'static>(
        mut self,
        read: impl Fn(&Plain) -> Result<T, String> + Send + Sync + 'static,
    ) -> Self {
        self.pair.inputs.take = Some(Box::new(move |value| {
            let input = read(value)?;
            let pickle = encode(&input).map_err(|error| error.0)?;
            Ok((Box::new(input), pickle))
        }));
        self
    }
}

/// Without the harness nothing digs.
#[cfg(not(feature = "harness"))]
fn unused<B, V>(builder: B, _valid: V) -> B {
    builder
}

#[cfg(feature = "harness")]
fn read_valid<I: DeserializeOwned>(value: &Plain, valid: &impl Fn(&I) -> bool) -> Result<I, String> {
    let input = value.read().map_err(|error| error.to_string())?;
    match valid(&input) {
        true => Ok(input),
        false => Err("not valid for this pair".into()),
    }
}

#[cfg(feature = "harness")]
impl PairBuilder<Calls> {
    /// The plain Rust port: a function or closure that takes the arguments of a call, in the order of the Python
    /// signature. [`Argument`](super::Argument) lists the types that they can have.
    #[track_caller]
    pub fn rust<A: 'static, F>(self, function: F) -> Self
    where
        F: Function<A>,
        F::Output: Serialize + 'static,
    {
        self.rust_variant("rust", function)
    }

    /// Another Rust variant.
    #[track_caller]
    pub fn rust_variant<A: 'static, F>(mut self, name: &str, function: F) -> Self
    where
        F: Function<A>,
        F::Output: Serialize + 'static,
    {
        self.push::<F>(name, direct_opener(function));
        self
    }

    /// The plain Rust port. It gets what `prepare` makes from the arguments of each call, outside the timed part.
    #[track_caller]
    pub fn rust_prepared<A: 'static, P, O, F>(mut self, prepare: P, run: F) -> Self
    where
        P: Function<A>,
        P::Output: 'static,
        O: Serialize + 'static,
        F: Fn(&P::Output) -> O + Clone + Send + Sync + 'static,
    {
        self.push::<F>("rust", call_opener(prepare, run));
        self
    }
}

impl<I> From<PairBuilder<I>> for Pair {
    /// The finished pair; see [`PairBuilder::build`].
    fn from(builder: PairBuilder<I>) -> Pair {
        builder.build()
    }
}
