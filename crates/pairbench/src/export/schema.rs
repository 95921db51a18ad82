//! The types of the summary: the figures of a run as data. docs/schema/summary-v1.json describes the document.

use crate::analyse::claims::ClaimResult;
use crate::analyse::summary::in_launches;
use crate::analyse::verdict::Call;
use crate::estimate::{Estimate, Ratio, Time};
use crate::hosts::interpreter::Jit;
use crate::measure::SEVERAL_THREADS;
use crate::record::{Shard, Status, Warning, WarningKind};
use crate::registry::{Profile, Side};
use serde::Serialize;

/// The value of [`Summary::format`].
pub const FORMAT: &str = "pairbench-summary";

/// Version of the document, which is also in the name of its schema. Within a version fields are only added; removing a
/// field or changing its meaning takes a new version.
pub const VERSION: u32 = 1;

/// The summary of a record.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Summary {
    /// [`FORMAT`].
    pub format: &'static str,
    /// [`VERSION`].
    pub version: u32,
    /// [`Record::id`](crate::record::Record::id): the name of the record with the samples.
    pub record: String,
    /// The project whose pairs were measured: the name of its crate, or `pairbench` for the catalogue.
    pub project: String,
    /// Start, RFC 3339, UTC.
    pub started: String,
    /// How far the run came.
    pub status: Status,
    /// Whether more launches were planned.
    pub provisional: bool,
    /// Whether it was run with `--quick`.
    pub quick: bool,
    /// Seed of the inputs.
    pub seed: u64,
    /// Which part of a divided run this is.
    pub shard: Option<Shard>,
    /// The harness and the compiler that built it.
    pub build: Build,
    /// The machine.
    pub machine: Machine,
    /// The interpreters, in the order in which they were named.
    pub interpreters: Vec<Interpreter>,
    /// The pairs, those of the first interpreter first.
    pub pairs: Vec<Pair>,
    /// The geometric mean of each variant that several pairs have, of the first interpreter first.
    pub geometric_means: Vec<Mean>,
    /// What another interpreter of the run gains over the first, by pair, if both share launches.
    pub progress: Vec<Progress>,
    /// The argument, claim by claim; empty if the pairs are not those of the catalogue.
    pub claims: Vec<Claim>,
    /// Code measured against itself, whose true ratio is 1.
    pub null_pairs: Vec<Null>,
    /// Warnings about the figures, most important first.
    pub warnings: Vec<Warned>,
}

/// A figure with its 95 % interval; without one if there are too few launches.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Interval {
    /// The point estimate.
    pub value: f64,
    /// The lower end.
    pub low: Option<f64>,
    /// The upper end.
    pub high: Option<f64>,
}

/// The harness and the compiler that built it.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Build {
    /// Version of pairbench.
    pub pairbench: String,
    /// `git describe --always --dirty` of the checkout, if there is one.
    pub revision: Option<String>,
    /// `rustc --version`.
    pub rustc: String,
    /// Target triple.
    pub target: String,
}

/// The machine.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Machine {
    /// Its name; empty in older records.
    pub name: String,
    /// Operating system and its version.
    pub os: String,
    /// Model of the CPU.
    pub cpu: String,
    /// Logical cores that the process may use.
    pub cores: u32,
    /// Memory in bytes.
    pub memory_bytes: Option<u64>,
}

/// An interpreter.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Interpreter {
    /// Its label in reports: `CPython 3.14.0t`.
    pub label: String,
    /// `CPython`, `PyPy`, …
    pub implementation: String,
    /// Version of the language.
    pub version: String,
    /// Path of the executable.
    pub executable: String,
    /// Whether it was built with profile-guided optimisation, if known.
    pub optimized: Option<bool>,
    /// Whether it was built to run without a GIL, if known.
    pub free_threaded: Option<bool>,
    /// Whether there is a just-in-time compiler, and whether it is on, if known.
    pub jit: Option<Jit>,
}

/// A pair with one interpreter.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Pair {
    /// Its name.
    pub name: String,
    /// Index of the interpreter in [`Summary::interpreters`].
    pub interpreter: usize,
    /// Declared kind of work.
    pub profile: Profile,
    /// A description of what it computes.
    pub about: String,
    /// The unit of sizes.
    pub unit: String,
    /// `measured`, `partial` if some variant failed, `failed`, `skipped` if nothing of it can run here, or `waiting`.
    pub state: &'static str,
    /// Whether it is worth a port.
    pub verdict: Verdict,
    /// What `pairbench new` forecast before there was a port, if that was kept.
    pub forecast: Option<Forecast>,
    /// The measured cases and the default one, by size.
    pub cases: Vec<Case>,
    /// All failures.
    pub failures: Vec<Failure>,
}

/// A verdict.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Verdict {
    /// The result.
    pub call: Call,
    /// The result in words.
    pub text: String,
    /// The reason, in one sentence without a full stop.
    pub reason: String,
    /// The next step for an inconclusive one.
    pub next: Option<String>,
    /// Kinds of warnings that cast doubt on it.
    pub doubts: Vec<WarningKind>,
    /// What it would be with other thresholds.
    pub other_thresholds: Vec<OtherThreshold>,
}

/// A verdict with another threshold.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct OtherThreshold {
    /// The ratio from which a change of language would be worth it.
    pub worth: f64,
    /// The result.
    pub call: Call,
    /// The result in words.
    pub text: String,
}

/// A claim about Python and Rust, and what the run found.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Claim {
    /// Its number in the argument, from 1.
    pub number: u8,
    /// The claim.
    pub claim: &'static str,
    /// The question that decides whether a pair is for it or against it.
    pub question: &'static str,
    /// The result.
    pub result: ClaimResult,
    /// The result in words.
    pub text: String,
    /// The numbers behind it, and what was not tested.
    pub evidence: Vec<Evidence>,
}

/// One line of numbers.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Evidence {
    /// The finding, without a full stop.
    pub text: String,
    /// The pairs that it is about, each with its figure; not every pair of a line is named.
    pub pairs: Vec<Figure>,
}

/// A pair in a line of evidence.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Figure {
    /// Its name.
    pub pair: String,
    /// The figure, in words.
    pub figure: String,
}

/// The gain of a port over Python, as forecast before the port existed.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Forecast {
    /// When it was made, RFC 3339, UTC; `None` in older ones.
    pub made: Option<String>,
    /// The lower end of the band.
    pub low: Option<f64>,
    /// Its upper end; `None` if only a lower end was given.
    pub high: Option<f64>,
    /// Whether the port's ratio is in the band; `None` until there is one.
    pub held: Option<bool>,
}

/// A case of a pair.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Case {
    /// Its size.
    pub size: u64,
    /// Whether a plain `cargo bench` measures it.
    pub default: bool,
    /// Whether the verdict is about it.
    pub headline: bool,
    /// Launches with samples.
    pub launches: u32,
    /// The variants, the baseline first.
    pub variants: Vec<Variant>,
    /// The baseline in the interpreter inside the bench process, if that was measured.
    pub embedded: Option<Embedded>,
}

/// A variant in a case.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Variant {
    /// Its name.
    pub name: String,
    /// The language that it is called in.
    pub side: Side,
    /// Whether ratios are relative to it.
    pub baseline: bool,
    /// Whether it has figures.
    pub state: State,
    /// Why it has none.
    pub reason: Option<String>,
    /// Seconds per call.
    pub time_s: Option<Interval>,
    /// Baseline ÷ variant: above 1 is faster than the baseline.
    pub ratio: Option<Interval>,
    /// The two speeds if launches are bimodal, the smaller ratio first. Then `ratio` and `time_s` are centres that no
    /// launch had.
    pub modes: Option<[Mode; 2]>,
    /// Threads in use on average, those of libraries and child processes too; `None` in older records.
    pub threads: Option<f64>,
    /// Launches with samples of it.
    pub launches: u32,
}

/// One of two speeds.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Mode {
    /// Launches that had it.
    pub launches: u32,
    /// Baseline ÷ variant in these.
    pub ratio: Interval,
    /// Seconds per call in these.
    pub time_s: Option<Interval>,
}

/// Whether a variant has figures.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// It has figures.
    Measured,
    /// Something that it requires is missing.
    Skipped,
    /// It failed.
    Failed,
    /// Left out with `--variants`.
    Deselected,
    /// No launch has samples of it, or the pair did not pass verification.
    NotMeasured,
}

impl State {
    /// In words.
    pub(super) fn words(self) -> &'static str {
        match self {
            State::Measured => "measured",
            State::Skipped => "skipped",
            State::Failed => "failed",
            State::Deselected => "left out",
            State::NotMeasured => "not measured",
        }
    }
}

/// The baseline in the interpreter inside the bench process.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Embedded {
    /// Seconds per call.
    pub time_s: Option<Interval>,
    /// Its time ÷ the worker's: above 1, embedding costs.
    pub tax: Option<Interval>,
}

/// A failure.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Failure {
    /// The variant; `null` when the pair failed as a whole.
    pub variant: Option<String>,
    /// Size of the case, if one was reached.
    pub size: Option<u64>,
    /// What happened, in one line.
    pub message: String,
}

/// The geometric mean of a variant's ratios over pairs.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Mean {
    /// Index in [`Summary::interpreters`].
    pub interpreter: usize,
    /// The variant's name.
    pub variant: String,
    /// The mean.
    pub value: f64,
    /// The number of pairs in the mean.
    pub pairs: usize,
    /// The port's mean over exactly these pairs, for comparison; `None` for the port itself, and if no pair has both.
    pub port: Option<PortMean>,
}

/// The geometric mean of the port over the pairs of another variant.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct PortMean {
    /// Its name.
    pub variant: String,
    /// The mean.
    pub value: f64,
}

/// Python's time with the first interpreter ÷ its time with another: above 1 the other is faster.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Progress {
    /// The pair.
    pub pair: String,
    /// Index of the other in [`Summary::interpreters`].
    pub interpreter: usize,
    /// The ratio.
    pub ratio: Interval,
    /// Whether both were built with the same options that matter for speed.
    pub alike: bool,
}

/// A side of a pair measured against itself.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Null {
    /// Its name.
    pub name: String,
    /// The pair whose code it runs.
    pub of: Option<String>,
    /// The measured ratio.
    pub ratio: Option<Interval>,
}

/// A warning, and the interpreter that it is about.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Warned {
    /// Index in [`Summary::interpreters`]; `null` when it is about the run.
    pub interpreter: Option<usize>,
    /// The warning.
    #[serde(flatten)]
    pub warning: Warning,
}

/// A variant with a time, for tools that identify a benchmark by one name.
#[non_exhaustive]
pub struct Benchmark<'a> {
    /// `pair/variant`, or `pair/variant/size` if several cases were measured.
    pub name: String,
    /// The pair.
    pub pair: &'a Pair,
    /// The case.
    pub case: &'a Case,
    /// The variant.
    pub variant: &'a Variant,
    /// Its time.
    pub time_s: &'a Interval,
}

impl Summary {
    /// All variants with a time, of the first interpreter.
    pub fn benchmarks(&self) -> impl Iterator<Item = Benchmark<'_>> {
        let pairs = self.pairs.iter().filter(|pair| pair.interpreter == 0);
        pairs.flat_map(|pair| {
            let measured = || pair.cases.iter().filter(|case| case.launches > 0);
            let several = measured().count() > 1;
            let variants =
                measured().flat_map(|case| case.variants.iter().map(move |variant| (case, variant)));
            variants.filter_map(move |(case, variant)| {
                let name = format!("{}/{}", pair.name, variant.name);
                Some(Benchmark {
                    name: if several {
                        format!("{name}/{}", case.size)
                    } else {
                        name
                    },
                    pair,
                    case,
                    variant,
                    time_s: variant.time_s.as_ref()?,
                })
            })
        })
    }
}

impl Variant {
    /// The ratio in words: with its interval, or both of bimodal launches.
    pub(super) fn display_ratio(&self) -> Option<String> {
        let of_mode = |mode: Mode| (mode.launches, Ratio(mode.ratio.value).to_string());
        let modes = self.modes.map(|modes| in_launches(modes.map(of_mode)));
        modes.or_else(|| Some(self.ratio?.estimate().display_ratio()))
    }

    /// The time in words, likewise.
    pub(super) fn display_time(&self) -> Option<String> {
        let time = |mode: Mode| {
            mode.time_s
                .map_or_else(String::new, |time| Time(time.value).to_string())
        };
        let of_mode = |mode: Mode| (mode.launches, time(mode));
        let modes = self.modes.map(|modes| in_launches(modes.map(of_mode)));
        modes.or_else(|| Some(self.time_s?.estimate().display_time()))
    }

    /// The threads, if it used several.
    pub(super) fn several_threads(&self) -> Option<f64> {
        self.threads.filter(|threads| *threads >= SEVERAL_THREADS)
    }
}

impl Interval {
    /// As an estimate that prints itself.
    pub(super) fn estimate(&self) -> Estimate {
        Estimate {
            value: self.value,
            interval: self.low.zip(self.high),
            launches: 0,
        }
    }

    /// Half the width.
    pub(super) fn half_width(&self) -> Option<f64> {
        Some((self.high? - self.low?) / 2.0)
    }
}
