//! What a reader must know before trusting the numbers: data first, text last.

use super::page::count;
use super::summary::{PairSummary, Standing, State, VariantSummary, half_width};
use crate::record::{Embedding, NativeModule, Record, Status};
use std::fmt;

/// From so many launches on the interval supposes nothing but symmetry; see METHODOLOGY.
const FEW_LAUNCHES: u32 = 6;

/// An interval of this half-width or more is called wide.
const WIDE: f64 = 0.10;

/// One thing to know.
#[derive(Debug, Clone, PartialEq)]
pub enum Notice {
    /// The run is not over, or was not when the record was last written.
    Unfinished(Status),
    /// Pairs that failed verification, or whose baseline or whole launches failed.
    FailedPairs(Vec<String>),
    /// Variants that failed in pairs that otherwise went well: `pair/variant`.
    FailedVariants(Vec<String>),
    /// No pair has an interval.
    NoInterval,
    /// The fewest launches of a measured pair.
    FewLaunches(u32),
    /// `--quick`.
    Quick,
    /// Ratios with a wide interval: `pair/variant`.
    WideIntervals(Vec<String>),
    /// The interpreter was built without optimisation.
    Unoptimised {
        /// Its version.
        version: String,
    },
    /// The harness was built with debug assertions, or without optimisation.
    DebugBuild,
    /// The machine was busy when the run began.
    Busy {
        /// Load average over a minute.
        load: f64,
        /// Logical cores.
        cores: u32,
    },
    /// The frequency governor saves power.
    Governor(String),
    /// The embedded interpreter was not measured.
    NotEmbedded(String),
    /// The extension module was not built.
    NoNative(String),
    /// Variants skipped because something is missing: `pair/variant`.
    Skipped(Vec<String>),
    /// The checkout had changes that no commit holds.
    Dirty(String),
}

/// What to know of a record and of those pairs that are shown of it, what matters most first.
pub fn notices(record: &Record, pairs: &[&PairSummary]) -> Vec<Notice> {
    let (failed, others): (Vec<&PairSummary>, Vec<_>) =
        pairs.iter().partition(|pair| pair.standing() == Standing::Failed);
    let names = failed.iter().map(|pair| pair.name.clone()).collect();
    let lists = [
        (Notice::FailedPairs as fn(Vec<String>) -> Notice, names),
        (
            Notice::FailedVariants,
            variants(&others, |v| matches!(v.state, State::Failed(_))),
        ),
        (Notice::WideIntervals, variants(&others, is_wide)),
        (
            Notice::Skipped,
            variants(pairs, |v| matches!(v.state, State::Skipped(_))),
        ),
    ];
    let mut all = run(record, &others);
    all.extend(
        lists
            .into_iter()
            .filter(|(_, names)| !names.is_empty())
            .map(|(notice, names)| notice(names)),
    );
    all.extend(environment(record));
    all.sort_by_key(Notice::rank);
    all
}

/// `pair/variant` of the headline's variants that are so.
fn variants(pairs: &[&PairSummary], is: impl Fn(&VariantSummary) -> bool) -> Vec<String> {
    let cases = pairs.iter().filter_map(|pair| Some((pair, pair.headline()?)));
    let all = cases.flat_map(|(pair, case)| case.variants.iter().map(move |variant| (pair, variant)));
    all.filter(|(_, v)| is(v))
        .map(|(pair, v)| format!("{}/{}", pair.name, v.name))
        .collect()
}

fn is_wide(variant: &VariantSummary) -> bool {
    variant
        .ratio
        .and_then(half_width)
        .is_some_and(|half| half >= WIDE)
}

/// How far the run came.
fn run(record: &Record, pairs: &[&PairSummary]) -> Vec<Notice> {
    let mut all = Vec::new();
    if record.status != Status::Complete {
        all.push(Notice::Unfinished(record.status));
    }
    if record.settings.quick {
        all.push(Notice::Quick);
    }
    let measured = || {
        pairs
            .iter()
            .filter_map(|pair| pair.headline())
            .filter(|case| case.launches > 0)
    };
    let ratios = measured().flat_map(|case| &case.variants).filter_map(|v| v.ratio);
    match measured().map(|case| case.launches).min() {
        Some(_) if ratios.clone().count() > 0 && ratios.clone().all(|r| r.interval.is_none()) => {
            all.push(Notice::NoInterval);
        }
        Some(least) if least < FEW_LAUNCHES => all.push(Notice::FewLaunches(least)),
        _ => {}
    }
    all
}

/// Where it ran.
fn environment(record: &Record) -> Vec<Notice> {
    let mut all = Vec::new();
    let (build, machine, python) = (&record.build, &record.machine, &record.interpreter);
    if build.debug_assertions || build.opt_level == "0" {
        all.push(Notice::DebugBuild);
    }
    if python.optimized == Some(false) {
        all.push(Notice::Unoptimised {
            version: format!("{} {}", python.implementation, python.version),
        });
    }
    if let Some([load, ..]) = machine.load_start
        && load >= 0.5 * f64::from(machine.cores.max(1))
    {
        all.push(Notice::Busy {
            load,
            cores: machine.cores,
        });
    }
    if let Some(governor) = machine.governor.as_deref().filter(|g| *g == "powersave") {
        all.push(Notice::Governor(governor.into()));
    }
    if let Embedding::Off { reason } = &record.embedding {
        all.push(Notice::NotEmbedded(reason.clone()));
    }
    if let NativeModule::Unavailable { reason } = &record.native {
        all.push(Notice::NoNative(reason.clone()));
    }
    if let Some(revision) = build.revision.as_deref().filter(|r| r.ends_with("-dirty")) {
        all.push(Notice::Dirty(revision.into()));
    }
    all
}

impl Notice {
    /// Whether it casts doubt on the numbers, rather than telling what is not there.
    pub fn is_warning(&self) -> bool {
        self.rank() < 20
    }

    fn rank(&self) -> u8 {
        match self {
            Notice::FailedPairs(_) => 0,
            Notice::FailedVariants(_) => 1,
            Notice::Unfinished(_) => 2,
            Notice::NoInterval => 3,
            Notice::DebugBuild => 4,
            Notice::Unoptimised { .. } => 5,
            Notice::FewLaunches(_) => 6,
            Notice::Quick => 7,
            Notice::WideIntervals(_) => 8,
            Notice::Busy { .. } => 9,
            Notice::Governor(_) => 10,
            Notice::NoNative(_) => 20,
            Notice::Skipped(_) => 21,
            Notice::NotEmbedded(_) => 22,
            Notice::Dirty(_) => 23,
        }
    }
}

impl fmt::Display for Notice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Notice::Unfinished(Status::Running) => f.write_str(
                "Provisional: the run was still going when this was written. Every further launch narrows the intervals.",
            ),
            Notice::Unfinished(Status::Interrupted) => {
                f.write_str("Provisional: the run was interrupted; what was measured until then is shown.")
            }
            Notice::Unfinished(Status::OutOfTime) => {
                f.write_str("Provisional: the time was over before all launches were done.")
            }
            Notice::Unfinished(Status::Complete) => f.write_str("The run is complete."),
            Notice::FailedPairs(names) => write!(f, "Failed, and shown without ratios: {}.", some(names)),
            Notice::FailedVariants(names) => write!(f, "Failed, and shown without a ratio: {}.", some(names)),
            Notice::NoInterval => {
                f.write_str("No intervals yet: they come from the spread over launches, and there are too few.")
            }
            Notice::FewLaunches(n) => write!(
                f,
                "Only {} of some pairs: a first impression. Intervals are wide, and hold less often than they say; \
                 six launches or more mend both.",
                count(*n as usize, "launch").replace("launchs", "launches")
            ),
            Notice::Quick => f.write_str("Measured with --quick: few and short launches, for a first look."),
            Notice::WideIntervals(names) => {
                write!(f, "Intervals of ±{:.0} % or wider: {}.", WIDE * 100.0, some(names))
            }
            Notice::Unoptimised { version } => write!(
                f,
                "The interpreter, {version}, was built without optimisation: Python is slower here than users know it."
            ),
            Notice::DebugBuild => {
                f.write_str("The Rust side was built without optimisation: these numbers say nothing about Rust.")
            }
            Notice::Busy { load, cores } => write!(
                f,
                "The machine was busy at the start: load {load:.2} on {}.",
                count(*cores as usize, "core")
            ),
            Notice::Governor(governor) => {
                write!(f, "The CPU's frequency governor is {governor}: speed may have changed while measuring.")
            }
            Notice::NotEmbedded(reason) => write!(f, "Python inside the bench process was not measured: {reason}."),
            Notice::NoNative(reason) => write!(f, "The extension module could not be built: {reason}."),
            Notice::Skipped(names) => write!(f, "Skipped because something is missing: {}.", some(names)),
            Notice::Dirty(revision) => {
                write!(f, "The sources had changes that are in no commit ({revision}); they are kept in the record.")
            }
        }
    }
}

/// The first names, and how many more.
fn some(names: &[String]) -> String {
    const MOST: usize = 6;
    match names.len() {
        n if n > MOST => format!("{} and {} more", names[..MOST].join(", "), n - MOST),
        _ => names.join(", "),
    }
}

#[cfg(test)]
mod tests {
    use super::super::fixture;
    use super::super::summary::summarise;
    use super::*;

    fn of(record: &Record) -> Vec<Notice> {
        let summary = summarise(record);
        notices(record, &summary.pairs.iter().collect::<Vec<_>>())
    }

    #[test]
    fn a_clean_record_warns_only_of_few_launches() {
        let mut record = fixture::steady();
        assert_eq!(of(&record), [Notice::FewLaunches(3)]);
        let launch = record.pairs[0].launches[0].clone();
        record.pairs[0]
            .launches
            .extend([launch.clone(), launch.clone(), launch]);
        assert_eq!(of(&record), []);
    }

    #[test]
    fn what_casts_doubt_is_said_first() {
        let mut record = fixture::steady();
        record.status = Status::Running;
        record.settings.quick = true;
        record.interpreter.optimized = Some(false);
        record.machine.load_start = Some([1.5, 0.0, 0.0]);
        record.build.revision = Some("abc-dirty".into());
        record.pairs[0].verification.passed = false;
        record.pairs[0]
            .verification
            .failures
            .push(crate::record::VerifyFailure {
                variant: "rust".into(),
                size: None,
                fault: crate::hosts::Fault::Hang { limit_s: 1 },
            });
        let notices = of(&record);
        assert_eq!(notices[0], Notice::FailedPairs(vec!["steady".into()]));
        assert_eq!(notices.len(), 6);
        assert!(
            notices
                .windows(2)
                .all(|w| w[0].is_warning() || !w[1].is_warning())
        );
        assert_eq!(
            notices[0].to_string(),
            "Failed, and shown without ratios: steady."
        );
    }
}
