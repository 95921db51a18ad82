//! What a pair's Rust file declares.
#![cfg_attr(not(feature = "harness"), allow(dead_code))]

use super::encode::WorkloadError;
#[cfg(feature = "harness")]
use super::plain::Plain;
use super::service::{Prepared, Serve, Servers};
use super::workload::{Inputs, Open, Opened};
use super::{Case, Floor, Native, Profile, Side, Tolerance, Variant};
use std::fmt;

/// Names and versions of the libraries that a Rust side uses.
type TellVersions = fn() -> Vec<(&'static str, String)>;

/// A workload written twice: its inputs, its variants on both sides, and what counts as the same answer.
pub struct Pair {
    pub(super) profile: Profile,
    pub(super) about: &'static str,
    pub(super) unit: &'static str,
    pub(super) cases: Vec<Case>,
    pub(super) tolerance: Tolerance,
    pub(super) variants: Vec<Variant>,
    pub(super) floors: Vec<Floor>,
    pub(super) rust: Vec<(String, Open)>,
    pub(super) inputs: Inputs,
    pub(super) native: Native,
    pub(super) replaces: Option<&'static str>,
    pub(super) versions: Option<TellVersions>,
    pub(super) latencies: Vec<String>,
    /// Which Python exceptions correspond to which Rust messages.
    pub(super) refusals: Vec<(String, String)>,
    /// Where each Rust variant is declared.
    pub(super) places: Vec<Place>,
    pub(super) servers: Option<Servers>,
    #[cfg(feature = "harness")]
    pub(super) file: Option<std::sync::Arc<super::calls::CallFile>>,
}

/// Where a Rust variant is declared.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Place {
    /// The path of the function, or of the closure, as the compiler names it.
    pub function: &'static str,
    /// The line of the declaration, from 1.
    pub line: u32,
}

impl Pair {
    /// The declared kind of work.
    pub fn profile(&self) -> Profile {
        self.profile
    }

    /// One line on what it computes.
    pub fn about(&self) -> &'static str {
        self.about
    }

    /// The unit of the case sizes, in the plural.
    pub fn unit(&self) -> &'static str {
        self.unit
    }

    /// The cases, by size; exactly one is the default.
    pub fn cases(&self) -> &[Case] {
        &self.cases
    }

    /// The case that a plain `cargo bench` measures.
    pub fn default_case(&self) -> Case {
        *self
            .cases
            .iter()
            .find(|case| case.default)
            .expect("build() sees to it")
    }

    /// How close floats must be.
    pub fn tolerance(&self) -> Tolerance {
        self.tolerance
    }

    /// All variants: `python` first, then the other Python ones, then the Rust ones, each in the order declared.
    pub fn variants(&self) -> &[Variant] {
        &self.variants
    }

    /// What the pair's author expects of its variants, in the order declared.
    pub fn floors(&self) -> &[Floor] {
        &self.floors
    }

    /// The functions that `native` may call.
    pub fn native(&self) -> &Native {
        &self.native
    }

    /// The Python function that `native` replaces; see [`PairBuilder::replaces`](super::PairBuilder::replaces).
    pub fn replaced(&self) -> Option<&'static str> {
        self.replaces
    }

    /// Name and version of each library of the Rust side; see [`PairBuilder::versions`](super::PairBuilder::versions).
    pub fn versions(&self) -> Vec<(&'static str, String)> {
        self.versions.map(|versions| versions()).unwrap_or_default()
    }

    /// The variants whose requests can be timed; see [`PairBuilder::latencies`](super::PairBuilder::latencies) and
    /// [`PairBuilder::rust_latencies`](super::PairBuilder::rust_latencies).
    pub fn latencies(&self) -> &[String] {
        &self.latencies
    }

    /// The input for Python, as a pickle. The same size and seed always give the same bytes.
    ///
    /// # Errors
    ///
    /// When the input has no Python equivalent.
    pub fn input_pickle(&self, size: u64, seed: u64) -> Result<Vec<u8>, WorkloadError> {
        (self.inputs.pickle)(size, seed)
    }

    /// How the input becomes calls.
    pub(crate) fn form(&self) -> super::workload::Form {
        self.inputs.form
    }

    /// Whether its variants are servers.
    pub(crate) fn is_served(&self) -> bool {
        self.servers.is_some() && self.profile == Profile::Service
    }

    /// Whether there are servers that can be put under load: its variants, or additional ones.
    pub(crate) fn has_servers(&self) -> bool {
        self.servers.is_some()
    }

    /// Checks that this machine has what the servers need; `Ok` if the variants are not servers.
    pub(crate) fn available(&self) -> Result<(), String> {
        let servers = self.servers.as_ref().filter(|_| self.is_served());
        servers.map_or(Ok(()), |servers| (servers.available)())
    }

    /// Prepares what a server needs; `None` if the pair has no servers.
    pub(crate) fn prepare_server(&self, size: u64, seed: u64) -> Option<Result<Box<dyn Prepared>, String>> {
        let servers = self.servers.as_ref()?;
        Some((servers.prepare)((self.inputs.make)(size, seed)))
    }

    /// The main function of a Rust server.
    pub(crate) fn rust_server(&self, variant: &str) -> Option<Serve> {
        let mut known = self.servers.iter().flat_map(|servers| &servers.rust);
        known
            .find(|(name, _)| name == variant)
            .map(|(_, serve)| serve.clone())
    }

    /// Where the Rust variants are declared.
    pub(crate) fn places(&self) -> &[Place] {
        &self.places
    }

    pub(crate) fn has_file(&self) -> bool {
        #[cfg(feature = "harness")]
        return self.file.is_some();
        #[cfg(not(feature = "harness"))]
        return false;
    }

    /// Looks for the file of inputs below this folder. If the pair declares no cases, all elements of the file are the
    /// default case, and an eighth of them is a smaller one.
    #[cfg(feature = "harness")]
    pub(super) fn place(&mut self, folder: &std::path::Path) {
        let Some(file) = &self.file else { return };
        file.place(folder);
        if self.cases.is_empty() {
            // A file that cannot be read fails the pair when its input is needed.
            let all = file.len().max(1) as u64;
            let sizes = if all >= 16 { vec![all / 8, all] } else { vec![all] };
            let case = |size| Case {
                size,
                default: size == all,
            };
            self.cases = sizes.into_iter().map(case).collect();
        }
    }

    /// Which Python exceptions correspond to which Rust messages; see
    /// [`PairBuilder::refusal`](super::PairBuilder::refusal).
    #[cfg(feature = "harness")]
    pub(crate) fn refusals(&self) -> &[(String, String)] {
        &self.refusals
    }

    /// Whether the values in its inputs can be changed.
    #[cfg(feature = "harness")]
    pub(crate) fn digs(&self) -> bool {
        self.inputs.take.is_some()
    }

    /// The calls of an input, each as a value for [`take_call`](Self::take_call). Calls that contain anything but plain
    /// values are left out.
    #[cfg(feature = "harness")]
    pub(crate) fn calls(&self, size: u64, seed: u64) -> Result<Vec<Plain>, String> {
        use super::workload::Form;
        if let Some(file) = &self.file {
            return Ok(file
                .calls(size)?
                .iter()
                .filter_map(|call| call.plain().ok())
                .collect());
        }
        let pickle = self.input_pickle(size, seed).map_err(|error| error.0)?;
        let input = Plain::of_pickle(&pickle)?;
        Ok(match (self.form(), input) {
            (Form::Each, Plain::List(calls)) => calls,
            (_, input) => vec![input],
        })
    }

    /// The pickle, for Python, of an input with only this call.
    ///
    /// # Errors
    ///
    /// Why the pair does not accept it.
    #[cfg(feature = "harness")]
    pub(crate) fn take_call(&self, call: &Plain) -> Result<Vec<u8>, String> {
        let take = self.inputs.take.as_ref();
        let take = take.ok_or("the pair does not say how its inputs can be changed")?;
        take(call).map(|(_, pickle)| pickle)
    }

    /// Sets up a Rust variant on an input with only this call; `None` if nothing in Rust has that name.
    #[cfg(feature = "harness")]
    pub(crate) fn open_rust_on(
        &self,
        variant: &str,
        call: &Plain,
    ) -> Option<Result<Box<dyn Opened>, String>> {
        let (_, open) = self.rust.iter().find(|(name, _)| name == variant)?;
        let take = self.inputs.take.as_ref()?;
        Some(take(call).map(|(input, _)| open(input)))
    }

    /// Sets up a Rust variant on a fresh input, or the function that times its requests if the name starts with
    /// [`Variant::LATENCIES`]; `None` if nothing in Rust has that name.
    pub fn open_rust(&self, variant: &str, size: u64, seed: u64) -> Option<Box<dyn Opened>> {
        let (_, open) = self.rust.iter().find(|(name, _)| name == variant)?;
        Some(open((self.inputs.make)(size, seed)))
    }
}

impl Pair {
    /// Panics unless every floor is a valid expectation of one variant.
    pub(super) fn check_floors(&self) {
        for (at, Floor { variant, at_least }) in self.floors.iter().enumerate() {
            assert!(
                variant != Variant::BASELINE && self.variants.iter().any(|known| known.name == *variant),
                ".at_least({variant:?}, …) names no variant of this pair besides the baseline"
            );
            assert!(
                *at_least > 0.0 && at_least.is_finite(),
                ".at_least({variant:?}, {at_least}): a ratio is a positive number"
            );
            assert!(
                self.floors[..at].iter().all(|other| other.variant != *variant),
                "two floors for {variant}"
            );
        }
    }

    /// Panics unless each variant whose requests are timed exists on the side that times them.
    pub(super) fn check_latencies(&self) {
        for (at, name) in self.latencies.iter().enumerate() {
            let timer = format!("{}{name}", Variant::LATENCIES);
            let side = match self.rust.iter().any(|(known, _)| *known == timer) {
                true => Side::Rust,
                false => Side::Python,
            };
            assert!(
                self.variants.iter().any(|v| v.name == *name && v.side == side),
                "latencies are declared for {name:?}, but this pair has no {side} variant of that name"
            );
            assert!(!self.latencies[..at].contains(name), "latencies of {name} twice");
        }
    }
}

impl fmt::Debug for Pair {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pair")
            .field("profile", &self.profile)
            .field("about", &self.about)
            .field("cases", &self.cases)
            .field("variants", &self.variants)
            .finish_non_exhaustive()
    }
}
