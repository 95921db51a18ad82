//! What the analysers found, as data: kind, whom it concerns, figure, text, remedy.

use serde::{Deserialize, Serialize};
use std::fmt;

/// One thing to know before trusting the numbers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Warning {
    /// What kind of thing.
    pub kind: WarningKind,
    /// Whether it casts doubt on the numbers.
    pub severity: Severity,
    /// What it concerns; empty for the whole run.
    pub about: Vec<Subject>,
    /// The number, with its unit, or the fact that it rests on.
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

/// A pair, or a variant of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Subject {
    /// Name of the pair, or of the null pair.
    pub pair: String,
    /// Name of the variant; none when it concerns all of the pair.
    #[serde(default)]
    pub variant: Option<String>,
    /// Size of the case, where it is not the one that stands for the pair.
    #[serde(default)]
    pub size: Option<u64>,
}

impl Subject {
    /// A pair as a whole.
    pub fn pair(name: &str) -> Self {
        Subject {
            pair: name.into(),
            variant: None,
            size: None,
        }
    }
}

/// `pair`, `pair/variant`, `pair/variant at 4000`.
impl fmt::Display for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.pair)?;
        if let Some(variant) = &self.variant {
            write!(f, "/{variant}")?;
        }
        match self.size {
            Some(size) => write!(f, " at {size}"),
            None => Ok(()),
        }
    }
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

            /// What it means, where the finding has no text of its own.
            pub fn text(self) -> &'static str {
                match self {
                    $(WarningKind::$name => $text,)+
                    WarningKind::Unknown => "Found by a newer pairbench",
                }
            }

            /// What to do about it, where the finding has no better remedy.
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
    /// A pair that failed verification, or whose baseline failed.
    FailedPair, Warning,
        "Failed, so no ratios are shown",
        "fix the side that its page names, then run cargo bench -- --test";
    /// A variant that failed in a pair that otherwise went well.
    FailedVariant, Warning,
        "Failed, so no ratio is shown",
        "its page shows the reason; fix it, then run cargo bench -- --test";
    /// A null pair whose interval misses 1.
    NullPairOff, Warning,
        "Code measured against itself came out different, so no number of this run can be trusted",
        "find what disturbs the machine (load, clock, drift), then measure again";
    /// The run did not come to its end.
    Unfinished, Warning,
        "Provisional, because the run did not finish",
        "what was measured is valid; continue with cargo bench -- --resume";
    /// No ratio of a pair has an interval.
    NoInterval, Warning,
        "Too few launches for intervals, which come from the spread between launches",
        "use more launches: --launches 10";
    /// Built without full optimisation.
    DebugBuild, Warning,
        "Built without full optimisation, so these numbers mean nothing for Rust",
        "measure with cargo bench, whose profile is optimised";
    /// The interpreter was built without optimisation.
    UnoptimisedInterpreter, Warning,
        "The interpreter was built without optimisation, so Python is slower here than for most users",
        "choose another, --interpreter PATH, or build with --enable-optimizations";
    /// Fewer launches than an interval by ranks needs.
    FewLaunches, Warning,
        "With so few launches, intervals are wide and cover the true ratio less often than stated",
        "use six launches or more: --launches 10";
    /// `--quick`.
    Quick, Warning,
        "Measured with --quick, for a first look",
        "leave out --quick";
    /// An interval that shows neither faster nor slower.
    IntervalWiderThanEffect, Warning,
        "The interval is wider than the effect, so it shows neither faster nor slower",
        "narrow the interval: --precision 1%, or more launches";
    /// A wide interval.
    WideInterval, Warning,
        "Intervals are wide",
        "use more launches (--launches 20) or a larger --budget";
    /// Other processes used the cores.
    LoadFromOthers, Warning,
        "Other processes used the CPU during measurement",
        "stop them, or measure again later; times suffer more than ratios";
    /// The hypervisor gave the cores to other machines.
    StolenTime, Warning,
        "The hypervisor gave CPU time to other machines during measurement",
        "measure on a machine that is not shared, or at another time";
    /// The CPU quota of a container was used up.
    Throttled, Warning,
        "The container's CPU quota stopped the run repeatedly",
        "raise the quota (docker run --cpus, or cpu.max), or measure outside";
    /// On battery.
    Battery, Warning,
        "The machine ran on battery and may have saved power",
        "plug it in and measure again";
    /// A frequency governor that follows the load.
    FrequencyScaling, Warning,
        "The frequency governor changes the clock frequency during measurement",
        "run cpupower frequency-set -g performance, then measure again";
    /// Samples of few steps of the clock.
    SamplesTooShort, Warning,
        "Samples are too short for the resolution of the clock",
        "use a larger input or a longer --measurement-time";
    /// Launches that rise or fall over the run.
    DriftingLaunches, Warning,
        "Launches drift over the run, and the interval assumes that they do not",
        "measure again, for longer, once the machine is warm and idle";
    /// Launches of two speeds.
    TwoKinds, Warning,
        "Launches are bimodal, and the ratio lies between the two speeds",
        "report both speeds";
    /// The measured profile is not the declared one.
    ProfileContradicted, Warning,
        "The measured profile differs from the one that the pair declares",
        "declare the measured profile or choose another input; as it is, the catalogue lists the pair under the wrong profile";
    /// Another function than the replaced one is the hottest.
    ReplacedNotHottest, Warning,
        "native does not replace the hottest function, so it does not show what an extension could gain",
        "port the hottest function, and name it by .replaces(…)";
    /// `native` gained more than Amdahl's law allows.
    GainAboveCeiling, Warning,
        "The extension gained more than the replaced function's share of the time allows",
        "see causes on the pair's page; trust the measured ratio, not the ceiling";
    /// Compared with a run on another machine or system.
    DifferentMachine, Warning,
        "The compared runs are from different machines",
        "measure both on the same machine";
    /// Compared with a run by another compiler, or another profile.
    DifferentCompiler, Warning,
        "The compared runs were compiled differently",
        "measure the older revision again with this compiler and these flags";
    /// Compared with a run on another interpreter.
    DifferentInterpreter, Warning,
        "The compared runs used different interpreters",
        "measure both with the same one: --interpreter PATH";
    /// Compared with a run of another pairbench, or sampled otherwise.
    DifferentSettings, Warning,
        "The compared runs were sampled differently",
        "measure both with the same pairbench and the same flags";
    /// Parts of a divided run that were not measured alike.
    PartsOfDifferentKinds, Warning,
        "Parts of a divided run were not measured alike, yet their ratios are shown together as if one machine had measured \
         them",
        "measure the parts that differ again, on machines of one kind with the same build and interpreter";
    /// A part of a divided run without a record.
    PartsMissing, Warning,
        "Parts of a divided run are missing, and so are their pairs",
        "add their records, or run these parts: cargo bench -- --shard K/N";
    /// Launches far from the others.
    OutlyingLaunches, Note,
        "Some launches are far from the others",
        "nothing: the estimate is robust to them. Many suggest a disturbed machine";
    /// The machine slept, a launch was killed, or the like.
    Disturbed, Note,
        "The run was disturbed from outside and continued",
        "nothing: what was lost was measured again";
    /// Turbo is on.
    Turbo, Note,
        "Turbo is on, so the clock frequency depends on heat and on how many cores are busy",
        "for repeatable times, turn it off (cpufreq/boost or intel_pstate/no_turbo below /sys/devices/system/cpu)";
    /// The interpreter inside the bench process differs from the worker in speed.
    EmbeddedDisagrees, Note,
        "The embedded interpreter and the worker differ in speed, by this tax",
        "nothing, for ratios: they use only the worker's time. Usually libpython is a different build than the executable (METHODOLOGY, Which Python)";
    /// The garbage collector took much of a call.
    CollectorTime, Note,
        "Garbage collection takes a notable part of the time",
        "nothing, for ratios: users pay for it too. gc.freeze() or gc.disable() around such work shows how much a program could save";
    /// Two calls with one input allocated different amounts.
    CountsWaver, Note,
        "Two calls with the same input allocate differently, so the counts are those of one call",
        "nothing if threads share the work or the collector runs; otherwise find what survives a call";
    /// No null pair shows whether the run measures correctly.
    NoNullPair, Note,
        "No null pair has an interval, so nothing shows how well this run measures",
        "let the run finish";
    /// The extension module was not built.
    NoNative, Note,
        "The extension module could not be built",
        "fix what the message names; cargo bench prints all of it at the start";
    /// The counting module was not built, or a variant does not run in it.
    NotCounted, Note,
        "Allocations were not counted",
        "fix what the message names; other crates need a feature counting (CONTRIBUTING, Pairs in another crate)";
    /// Skipped because something is missing.
    Skipped, Note,
        "Skipped because something is missing",
        "install what is missing";
    /// Python warned that something which the pair uses will go.
    Deprecated, Note,
        "Python will remove or change something that this code uses",
        "its page lists the lines; change them as the warnings recommend";
    /// The embedded interpreter was not measured.
    NotEmbedded, Note,
        "Python inside the bench process was not measured",
        "nothing, for ratios: none uses it";
    /// The checkout had uncommitted changes.
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

    /// The kind as a record has it: `few_launches`.
    pub fn slug(self) -> String {
        let value = serde_json::to_value(self).unwrap_or_default();
        value.as_str().unwrap_or_default().into()
    }

    /// A finding of this kind with its usual words.
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
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn warnings_stand_before_notes_and_no_slug_is_twice() {
        assert!(WarningKind::ALL.is_sorted_by_key(|kind| kind.severity()));
        let slugs: HashSet<String> = WarningKind::ALL.iter().map(|kind| kind.slug()).collect();
        assert_eq!(slugs.len(), WarningKind::ALL.len());
        assert_eq!(WarningKind::FewLaunches.slug(), "few_launches");
    }

    #[test]
    fn a_kind_of_tomorrow_does_not_spoil_the_record() {
        let text = r#"{"kind":"solar_flare","severity":"warning","about":[{"pair":"a"}],"figure":"X9","text":"t","remedy":"wait"}"#;
        let warning: Warning = serde_json::from_str(text).unwrap();
        assert_eq!(
            (warning.kind, warning.figure.as_str()),
            (WarningKind::Unknown, "X9")
        );
    }

    #[test]
    fn a_subject_is_named_as_a_filter_would() {
        let subject = Subject {
            pair: "trees".into(),
            variant: Some("rust".into()),
            size: Some(40),
        };
        assert_eq!(subject.to_string(), "trees/rust at 40");
        assert_eq!(Subject::pair("trees").to_string(), "trees");
    }
}
