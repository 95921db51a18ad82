//! What the analysers found, as data: kind, what it concerns, figure, text, remedy.

mod subject;

pub use subject::Subject;

use serde::{Deserialize, Serialize};

/// One thing to know before trusting the numbers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Warning {
    /// The kind of warning.
    pub kind: WarningKind,
    /// Whether it casts doubt on the numbers.
    pub severity: Severity,
    /// What it concerns; empty for the whole run.
    pub about: Vec<Subject>,
    /// The number with its unit, or the fact, that it is based on.
    pub figure: String,
    /// What it means, without the figure and without a full stop.
    pub text: String,
    /// What to do about it.
    pub remedy: String,
}

/// Whether it casts doubt on the numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// It does.
    Warning,
    /// It reports what is missing, or what a reader may want to know.
    Note,
}

macro_rules! kinds {
    ($($(#[doc = $doc:literal])+ $name:ident, $severity:ident, $text:literal, $remedy:literal;)+) => {
        /// A kind of warning, the most important first.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        pub enum WarningKind {
            $($(#[doc = $doc])+ $name,)+
            /// One that a newer pairbench found and this one does not know.
            #[serde(other)]
            Unknown,
        }

        impl WarningKind {
            /// All kinds of this build.
            pub const ALL: &'static [WarningKind] = &[$(WarningKind::$name),+];

            /// Whether it casts doubt on the numbers, mostly.
            pub fn severity(self) -> Severity {
                match self {
                    $(WarningKind::$name => Severity::$severity,)+
                    WarningKind::Unknown => Severity::Note,
                }
            }

            /// When it is raised, in lines of Markdown whose links are relative to `docs`: its own documentation.
            #[cfg(test)]
            fn raised_when(self) -> &'static [&'static str] {
                match self {
                    $(WarningKind::$name => &[$($doc),+],)+
                    WarningKind::Unknown => &[],
                }
            }

            /// What it means, if the finding has no text of its own.
            pub fn text(self) -> &'static str {
                match self {
                    $(WarningKind::$name => $text,)+
                    WarningKind::Unknown => "Found by a newer pairbench",
                }
            }

            /// What to do about it, if the finding has no better remedy.
            pub fn remedy(self) -> &'static str {
                match self {
                    $(WarningKind::$name => $remedy,)+
                    WarningKind::Unknown => "render the record with the pairbench that wrote it",
                }
            }
        }
    };
}

kinds! {
    /// The pair failed verification, or its baseline failed.
    FailedPair, Warning,
        "Failed, so no ratios are shown",
        "fix the side that its page names, then run cargo bench -- --test";
    /// A variant failed, the pair did not.
    FailedVariant, Warning,
        "Failed, so no ratio is shown",
        "its page shows the reason; fix it, then run cargo bench -- --test";
    /// An input that `--dig` found, and on which a variant still differs from the baseline. See [Where does the port differ?](dig.md).
    OpenFindings, Warning,
        "Differs from the baseline on inputs that a dig found",
        "fix the side that is wrong; cargo bench -- --test shows what is still open";
    /// Code measured against itself differs by more than 2 % (or the precision asked for, if that is less) with its whole
    /// interval, at 95 % for all null pairs together (level 1 − 0.05 ÷ their number).
    NullPairOff, Warning,
        "Code measured against itself came out different, so no number of this run can be trusted",
        "find what disturbs the machine (load, clock, drift), then measure again";
    /// The run is still going, was interrupted, or had no time for the minimum number of launches.
    Unfinished, Warning,
        "Provisional, because the run did not finish",
        "what was measured is valid; continue with cargo bench -- --resume";
    /// No ratio of a pair has an interval: that takes 3 launches.
    NoInterval, Warning,
        "Too few launches for intervals, which come from the spread between launches",
        "use more launches: --launches 10";
    /// Debug assertions, a profile other than release, or an `opt-level` other than 3.
    DebugBuild, Warning,
        "Built without full optimisation, so these numbers mean nothing for Rust",
        "measure with cargo bench, whose profile is optimised";
    /// A compiled module of a step, or of its package, is Rust with debug assertions in it.
    UnoptimisedExtension, Warning,
        "The extension is a debug build, which is much slower than the one that you ship",
        "build it with optimisation: maturin develop --release";
    /// CPython was built without `--enable-optimizations`.
    UnoptimisedInterpreter, Warning,
        "The interpreter was built without optimisation, so Python is slower here than for most users",
        "choose another, --interpreter PATH, or build with --enable-optimizations";
    /// A trace or profile function, tracemalloc, debug hooks of the allocators, a debug build, development mode, `-O` or
    /// the like is in force where workers start, or once a pair's modules have been imported. See [the environment of
    /// measuring processes](which-python.md#the-environment-of-measuring-processes).
    AlteredInterpreter, Warning,
        "Something changes the speed of this interpreter, and no ratio shows what others will see",
        "remove it from sitecustomize, .pth files, the wrapper script or --inherit-environ, then measure again";
    /// A ratio has fewer than 6 launches: below, no rank interval can hold with 95 %.
    FewLaunches, Warning,
        "With so few launches, intervals are wide and cover the true ratio less often than stated",
        "use six launches or more: --launches 10";
    /// The interval of code measured against itself misses 1, but less far than `null_pair_off` asks: no verdict could feel it.
    /// Chance alone does so in 5 % of runs.
    NullPairSlightlyOff, Warning,
        "Code measured against itself came out slightly different, so a ratio that is as close to 1 shows no difference",
        "believe no difference of this size; measure again, for longer, once the machine is idle";
    /// The run used `--quick`.
    Quick, Warning,
        "Measured with --quick, for a first look",
        "leave out --quick";
    /// The interval spans 1 and is wider than the precision asked for (±2 % without one). A narrower one that spans
    /// 1 is a finding: the sides are equal.
    IntervalWiderThanEffect, Warning,
        "The interval is wider than the effect, so it shows neither faster nor slower",
        "narrow the interval: --precision 1%, or more launches";
    /// The interval is ±10 % or wider.
    WideInterval, Warning,
        "Intervals are wide",
        "use more launches (--launches 20) or a larger --budget";
    /// Other processes used a tenth of the cores or more, on average over the launches; in records that don't know,
    /// a load of half the cores at the start.
    LoadFromOthers, Warning,
        "Other processes used the CPU during measurement",
        "stop them, or measure again later; times suffer more than ratios";
    /// Others, or the hypervisor, used a tenth of the cores or more during launches of a variant that is parallel, or of which a
    /// side used 1.25 threads or more in some launch. Once 3 undisturbed launches measured it, disturbed ones are left out, and
    /// this is a note; until then all count.
    CoresTaken, Warning,
        "Others used cores that a side needs, in too many of its launches to leave these out",
        "stop them, then measure again";
    /// The hypervisor took 2 % of the cores or more.
    StolenTime, Warning,
        "The hypervisor gave CPU time to other machines during measurement",
        "measure on a machine that is not shared, or at another time";
    /// A CPU quota stopped the run in 5 periods or more.
    Throttled, Warning,
        "The container's CPU quota stopped the run repeatedly",
        "raise the quota (docker run --cpus, or cpu.max), or measure outside";
    /// A battery was discharging, and no mains was connected.
    Battery, Warning,
        "The machine ran on battery and may have saved power",
        "plug it in and measure again";
    /// The governor of some core is `powersave`, `ondemand`, `conservative` or `schedutil`.
    FrequencyScaling, Warning,
        "The frequency governor changes the clock frequency during measurement",
        "run cpupower frequency-set -g performance, then measure again";
    /// Half of a side's samples are shorter than 1000 steps of its clock, or than 1 µs: a step is then more than a
    /// thousandth.
    SamplesTooShort, Warning,
        "Samples are too short for the resolution of the clock",
        "use a larger input or a longer --measurement-time";
    /// From the smallest to the largest case the baseline takes 4 times longer or more, and a Rust variant less than 1.5
    /// times and under 1 µs. Both times come from verification. No verdict is given.
    TimeDoesNotGrow, Warning,
        "The time does not grow with the input as the baseline's does, so work was removed or is different",
        "return a result that depends on every step of the work, and hide constants with std::hint::black_box";
    /// On another case the ratio lies on the other side of 1: by its interval, or by a factor of 2 where only
    /// verification called it. A note for a step.
    RatioChangesSide, Warning,
        "Whether this is faster or slower depends on the size of the input",
        "measure the sizes that you have: --cases all";
    /// One side used 1.25 threads or more (CPU time ÷ wall time of its process and child processes while it was sampled, the
    /// median over launches), the other fewer. A note where that is a variant that is meant to run in parallel.
    ThreadsDiffer, Warning,
        "One side uses several threads and the other does not, so the ratio is also one of cores",
        "limit the library's threads (OMP_NUM_THREADS=1, OPENBLAS_NUM_THREADS=1, RAYON_NUM_THREADS=1), or measure both with as many";
    /// The first call in a launch took 10 times longer than later ones and 1 ms more, or 100 times and 0.1 ms: medians over
    /// launches. No verdict is given. A note where a first call on another case costs no more than a second: it was warm-up.
    StateSurvives, Warning,
        "The first call did work for the later ones, such as filling a cache or importing, and only later ones are measured",
        "make every call do all of the work: clear caches in it, or import and prepare in the set-up";
    /// From the first half of a launch's samples to the second the ratio changes by more than 2 %, with its whole
    /// interval over launches. See [warming up](how-it-measures.md#warming-up).
    StillWarmingUp, Warning,
        "The ratio changes within launches, so a side was still warming up",
        "warm up for longer: --warm-up-time 5";
    /// A call of the baseline takes less than 1 ms, a tenth of what a case should: the processor learns its branches.
    CallsTooShort, Warning,
        "Calls are so short that the processor learns their input by heart, which the work of a real program is not",
        "use a case whose Python side takes about 10 ms";
    /// Mann and Kendall's trend over time is below 0.1 %, and Theil's drift over the run is larger than 1 % and
    /// than the half-width. At the customary 1 % every fifth run would warn of nothing.
    DriftingLaunches, Warning,
        "Launches drift over the run, and the interval assumes that they do not",
        "measure again, for longer, once the machine is warm and idle";
    /// Launches of one ratio that follow each other correlate by 0.1 or more, over all ratios of the run, which chance alone
    /// does in one of a thousand runs. See [launches that depend on each other](how-sure.md#launches-that-depend-on-each-other).
    DependentLaunches, Warning,
        "Launches depend on those shortly before, as where a machine changes its state, so all intervals were widened",
        "measure again once the machine is idle, or for several times as long as its states last (--budget 30m)";
    /// Launches have two speeds: see [two modes](how-sure.md#two-modes). A note where they go with the set-up order.
    TwoKinds, Warning,
        "Launches are bimodal, so there are two speeds and no single ratio",
        "report both speeds";
    /// A pair declared flat has a function whose own share is above 40 % with its whole interval; or one declared a
    /// hot loop has no function whose whole interval reaches 50 %, nor does the replaced one with all that it
    /// calls. See [where the time goes](why-is-it-so.md#where-the-time-goes).
    ProfileContradicted, Warning,
        "The measured profile differs from the one that the pair declares",
        "declare the measured profile, or choose another input";
    /// The function that `native` replaces was never seen, or another one's own share is above its total share,
    /// with whole intervals apart.
    ReplacedNotHottest, Warning,
        "native does not replace the hottest function, so it does not show what an extension could gain",
        "port the hottest function, and name it by .replaces(…)";
    /// The whole interval of the ratio of `native` is above that of the extension ceiling, and it used one thread.
    GainAboveCeiling, Warning,
        "The extension gained more than the replaced function's share of the time allows",
        "see causes on the pair's page; trust the measured ratio, not the ceiling";
    /// Compared with a run on another CPU, number of cores, system or quota.
    DifferentMachine, Warning,
        "The compared runs are from different machines",
        "measure both on the same machine";
    /// Compared with a run with another rustc, target, profile, `opt-level` or RUSTFLAGS.
    DifferentCompiler, Warning,
        "The compared runs were compiled differently",
        "measure the older revision again with this compiler and these flags";
    /// Compared with a run with another Python, executable, compiler, optimisation, GIL or JIT, or with
    /// something else that alters its speed.
    DifferentInterpreter, Warning,
        "The compared runs used different interpreters",
        "measure both with the same one: --interpreter PATH";
    /// Compared with a run by another pairbench, or with other samples, inputs or inherited variables; more launches are no
    /// difference.
    DifferentSettings, Warning,
        "The compared runs were sampled differently",
        "measure both with the same pairbench and the same flags";
    /// Parts of one divided run differ in CPU, cores, system, memory (by more than a tenth), compiler, build,
    /// pairbench, project and its revision, interpreters or seed, or some used `--quick`. See [a divided
    /// run](many-machines.md#a-divided-run).
    PartsOfDifferentKinds, Warning,
        "Parts of a divided run were not measured alike, yet their ratios are shown together as if one machine had measured \
         them",
        "measure the parts that differ again, on machines of one kind with the same build and interpreter";
    /// Not every part of a divided run has a record.
    PartsMissing, Warning,
        "Parts of a divided run are missing, and so are their pairs",
        "add their records, or run these parts: cargo bench -- --shard K/N";
    /// A launch has a modified z-score above 3.5 + 40 ÷ n. One of ten normal numbers exceeds Iglewicz and Hoaglin's
    /// 3.5 in every eighth case, this in one of a hundred.
    OutlyingLaunches, Note,
        "Some launches are far from the others",
        "nothing: the estimate is robust to them. Many suggest a disturbed machine";
    /// The machine slept, the wall clock was set, a launch was killed, or the record could not be written for a
    /// while.
    Disturbed, Note,
        "The run was disturbed from outside and continued",
        "nothing: what was lost was measured again";
    /// Boost or turbo is on.
    Turbo, Note,
        "Turbo is on, so the clock frequency depends on heat and on how many cores are busy",
        "for repeatable times, turn it off (cpufreq/boost or intel_pstate/no_turbo below /sys/devices/system/cpu)";
    /// The interval of the tax is outside 0.95–1.05 on the representative case. See [which
    /// Python](which-python.md).
    EmbeddedDisagrees, Note,
        "The embedded interpreter and the worker differ in speed, by this tax",
        "nothing, for ratios: they use only the worker's time. Usually libpython is a different build than the executable";
    /// Python's garbage collector took a tenth of a variant's calls or more. See [memory](why-is-it-so.md#memory).
    CollectorTime, Note,
        "Garbage collection takes a notable part of the time",
        "nothing, for ratios: users pay for it too. gc.freeze() or gc.disable() around such work shows how much a program could save";
    /// Two warm calls on the same input differ by more than 1 % in their allocations.
    CountsWaver, Note,
        "Two calls with the same input allocate differently, so the counts are those of one call",
        "nothing if threads share the work or the collector runs; otherwise find what survives a call";
    /// No null pair has an interval.
    NoNullPair, Note,
        "No null pair has an interval, so nothing shows how well this run measures",
        "let the run finish";
    /// The extension module could not be built.
    NoNative, Note,
        "The extension module could not be built",
        "fix what the message names; cargo bench prints all of it at the start";
    /// The counting module could not be built, or a variant failed in it.
    NotCounted, Note,
        "Allocations were not counted",
        "fix what the message names";
    /// Something that a variant needs is missing.
    Skipped, Note,
        "Skipped because something is missing",
        "install what is missing";
    /// Python warned, while the pair was verified, that something will be removed or changed. See
    /// [deprecations](which-python.md#deprecations).
    Deprecated, Note,
        "Python will remove or change something that this code uses",
        "its page lists the lines; change them as the warnings recommend";
    /// There is no embedded interpreter, or it is not the one measured.
    NotEmbedded, Note,
        "Python inside the bench process was not measured",
        "nothing, for ratios: none uses it";
    /// The checkout had changes that no commit contains.
    DirtyCheckout, Note,
        "The sources had uncommitted changes; the record keeps both sides of each pair",
        "commit, then measure, so that the figures can be reproduced";
}

impl WarningKind {
    /// Whether it comes from a comparison of two records and cannot be found in one alone.
    pub fn takes_two_records(self) -> bool {
        matches!(
            self,
            WarningKind::DifferentMachine
                | WarningKind::DifferentCompiler
                | WarningKind::DifferentInterpreter
                | WarningKind::DifferentSettings
                | WarningKind::PartsOfDifferentKinds
                | WarningKind::PartsMissing
        )
    }

    /// The kind as records store it: `few_launches`.
    pub fn slug(self) -> String {
        let value = serde_json::to_value(self).unwrap_or_default();
        value.as_str().unwrap_or_default().into()
    }

    /// A finding of this kind with its usual text and remedy.
    pub fn found(self, about: Vec<Subject>, figure: impl Into<String>) -> Warning {
        Warning {
            kind: self,
            severity: self.severity(),
            about,
            figure: figure.into(),
            text: self.text().into(),
            remedy: self.remedy().into(),
        }
    }
}

impl Warning {
    /// Whether it casts doubt on the numbers.
    pub(crate) fn is_warning(&self) -> bool {
        self.severity == Severity::Warning
    }

    /// The same with another text.
    pub(crate) fn with_text(self, text: impl Into<String>) -> Self {
        Warning {
            text: text.into(),
            ..self
        }
    }

    /// The same with another remedy.
    pub(crate) fn with_remedy(self, remedy: impl Into<String>) -> Self {
        Warning {
            remedy: remedy.into(),
            ..self
        }
    }
}

#[cfg(test)]
mod tests;
