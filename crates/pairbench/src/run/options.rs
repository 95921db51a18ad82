//! The arguments of `cargo bench --`.

use super::exit::HELP_OF_BENCH;
use crate::compare::FailIf;
use crate::diagnose::{Chosen, Diagnoser};
use crate::estimate::Precision;
use crate::hosts::limits::{Bytes, Limits, memory_to_spare};
use crate::record::{BaselineName, Shard};
use crate::terminal::Color;
use crate::text::tool;
use clap::{ArgGroup, Parser};
use std::path::PathBuf;
use std::time::Duration;

/// Measures every pair: proves that both sides agree, times them in fresh processes, and leaves a report.
#[derive(Debug, Clone, Parser)]
#[command(
    name = "cargo bench --",
    bin_name = "cargo bench --",
    version,
    max_term_width = 100,
    after_help = HELP_OF_BENCH,
    group = ArgGroup::new("compared").args(["baseline", "against"])
)]
#[non_exhaustive]
pub struct Options {
    /// Only what matches one of these regular expressions: pairs by name, variants as `pair/variant`
    #[arg(value_name = "FILTER")]
    pub filter: Vec<String>,

    /// Filters are whole names, not expressions
    #[arg(long, requires = "filter")]
    pub exact: bool,

    /// List what would be measured, and measure nothing
    #[arg(long, conflicts_with = "test")]
    pub list: bool,

    /// How --list prints names, for test runners; all formats are the same
    #[arg(long, value_name = "FORMAT", hide = true, requires = "list", value_parser = ["terse", "pretty"])]
    pub format: Option<String>,

    /// Verify all variants and cases once, and measure nothing; so does a bench executable started without --bench, as
    /// `cargo test --benches` starts it
    #[arg(long)]
    pub test: bool,

    /// Look for inputs on which a variant and its baseline differ, for about this long in all, like `60s` or `10m`, and
    /// measure nothing; what is found is stored beside each pair, and --test tries it again
    #[arg(long, value_name = "TIME", value_parser = duration, conflicts_with_all = ["list", "test"])]
    pub dig: Option<Duration>,

    /// Folder for what --dig finds, in a file PAIR.found.jsonl each [default: beside each pair]
    #[arg(long, value_name = "FOLDER")]
    pub found: Option<PathBuf>,

    /// Forecast what a port of each Python side would gain, and measure nothing; FOLDER gets a PAIR.json for each, as
    /// `pairbench forecast --json` prints it
    #[arg(long, value_name = "FOLDER", conflicts_with_all = ["list", "test"])]
    pub forecast: Option<PathBuf>,

    /// A first look: fewer launches, shorter samples, no embedded time, no diagnosers
    #[arg(long)]
    pub quick: bool,

    /// The Python to measure: a path, a name on PATH, or `all` for every one on this machine; may be given several times
    /// [default: PAIRBENCH_INTERPRETER, else an active virtual environment's, else the one built against]
    #[arg(long, value_name = "PATH")]
    pub interpreter: Vec<String>,

    /// Do not set up what steps need (NumPy, Numba, mypyc, uvloop …): those whose packages the interpreter lacks are skipped
    #[arg(long)]
    pub no_install: bool,

    /// Continue until the interval of every ratio is at most this wide on either side [default: 2%; none with --quick]
    #[arg(long, value_name = "PERCENT", conflicts_with = "launches")]
    pub precision: Option<Precision>,

    /// Exactly this many fresh processes per pair, whatever the width of the intervals [default: at least 8, then as many
    /// as the precision needs; 3 with --quick]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=10_000))]
    pub launches: Option<u32>,

    /// Sizes to measure: `default`, `all`, or numbers like `64,256`
    #[arg(long, value_name = "SIZES", default_value = "default")]
    pub cases: Cases,

    /// Only these variants besides the baseline, like `rust,native`
    #[arg(long, value_name = "NAMES", value_delimiter = ',')]
    pub variants: Vec<String>,

    /// What to examine besides times, in separate passes after measuring: `all`, `none`, or some of profile, memory,
    /// latency, load, boundary, startup, scaling, build, turnaround (startup and build) [default: all but load, scaling and build;
    /// none with --quick]
    #[arg(long, value_name = "NAMES")]
    pub diagnose: Option<Chosen>,

    /// Run the diagnosers with every interpreter of the run, not with the first alone. For the memory of each it builds the
    /// extension module once more
    #[arg(long)]
    pub diagnose_every: bool,

    /// Only part K of N of the chosen pairs, for a run that is divided over N machines of one kind; `pairbench report`
    /// puts their records together. The machines need not communicate: the same command with another K is another part
    #[arg(long, value_name = "K/N")]
    pub shard: Option<Shard>,

    /// Seed of the inputs; given, it also fixes every random order [default: 1, and orders at random]
    #[arg(long, value_name = "N")]
    pub seed: Option<u64>,

    /// Samples per variant in a launch, 10 at least [default: 12; 10 with --quick, or where many pairs share the budget]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(10..=100_000))]
    pub sample_size: Option<u32>,

    /// Warm-up per variant in a launch [default: 0.05; 0.03 or 0.01 where many pairs share the budget; 0.01 with --quick]
    #[arg(long, value_name = "SECONDS", value_parser = seconds)]
    pub warm_up_time: Option<Duration>,

    /// Target time for all samples of a variant in a launch, including the baseline's beside them [default: 0.3; 0.15 or 0.08
    /// where many pairs share the budget; 0.08 with --quick]
    #[arg(long, value_name = "SECONDS", value_parser = seconds)]
    pub measurement_time: Option<Duration>,

    /// End after this time, like `90s` or `5m`, not counting builds before the first launch: alone it decides how long
    /// launches are and how many [default: 465s, or what the least number of launches takes; a part of that with --shard;
    /// none with --launches]
    #[arg(long, value_name = "TIME", value_parser = duration)]
    pub budget: Option<Duration>,

    /// Limit for one process, verifying or measuring; it is then stopped and reported as hanging
    #[arg(long, value_name = "TIME", default_value = "60s", value_parser = duration)]
    pub timeout: Duration,

    /// Limit for the memory of one process and its workers, like `2GiB`; it is then stopped and reported [default: 80 %
    /// of what is free at the start; Linux only]
    #[arg(long, value_name = "SIZE")]
    pub memory_limit: Option<Bytes>,

    /// Limit for what one process and its workers print, like `64MiB`; it is then stopped and reported
    #[arg(long, value_name = "SIZE", default_value_t = Limits::OUTPUT)]
    pub output_limit: Bytes,

    /// Variables that reach the processes that measure, besides the usual ones; with commas between
    #[arg(long, value_name = "VARIABLES", value_delimiter = ',')]
    pub inherit_environ: Vec<String>,

    /// Go on with a run that was killed or stopped, with its settings and what it measured [default: the newest one;
    /// with --budget it gets so much more time]
    #[arg(
        long,
        value_name = "RECORD",
        num_args = 0..=1,
        conflicts_with_all = [
            "filter", "exact", "list", "test", "dig", "forecast", "quick", "interpreter", "precision", "launches", "cases", "variants",
            "diagnose", "diagnose_every", "shard", "seed", "sample_size", "warm_up_time", "measurement_time", "timeout", "memory_limit", "output_limit",
            "inherit_environ",
        ]
    )]
    pub resume: Option<Option<PathBuf>>,

    /// Wait for another run that writes to the same folder, instead of giving up
    #[arg(long)]
    pub wait: bool,

    /// Keep the record under this name, for later runs to be compared with; what had the name is replaced
    #[arg(long, value_name = "NAME", conflicts_with_all = ["list", "test"])]
    pub save_baseline: Option<BaselineName>,

    /// Compare with the run that was kept under this name: what is faster now, what slower
    #[arg(long, value_name = "NAME", conflicts_with_all = ["list", "test"])]
    pub baseline: Option<BaselineName>,

    /// Measure another revision in the same run, each of its launches beside one of this one, and compare: a branch, a tag or
    /// a commit, which is checked out and built below the target folder
    #[arg(long, value_name = "REVISION", conflicts_with_all = ["list", "test", "dig", "forecast"])]
    pub against: Option<String>,

    /// Measure what the run of another revision asks for
    #[arg(long, hide = true)]
    pub in_step: bool,

    /// Exit with 3 when any variant is slower (or faster) than in the baseline, or the other revision, by this much, like
    /// `slower:5%`; may be given several times
    #[arg(long, value_name = "CHANGE", requires = "compared")]
    pub fail_if: Vec<FailIf>,

    /// Write the summary of the run to this file when it ends, as JSON
    #[arg(long, value_name = "FILE", conflicts_with_all = ["list", "test"])]
    pub export_json: Option<PathBuf>,

    /// Write a line per variant and size to this file when the run ends
    #[arg(long, value_name = "FILE", conflicts_with_all = ["list", "test"])]
    pub export_csv: Option<PathBuf>,

    /// Write a Markdown table to this file when the run ends. `pairbench export` makes these and other formats from
    /// records
    #[arg(long, value_name = "FILE", conflicts_with_all = ["list", "test"])]
    pub export_markdown: Option<PathBuf>,

    /// Folder for the report and the records
    #[arg(long, value_name = "FOLDER", default_value = "reports")]
    pub reports: PathBuf,

    /// Write the record and the table, but draw nothing
    #[arg(long, alias = "no-plot")]
    pub noplot: bool,

    /// Show every launch, the whole output of a process that failed, and all that Python warns it will remove
    #[arg(long, short)]
    pub verbose: bool,

    /// Print only warnings, errors and the results
    #[arg(long, conflicts_with = "verbose")]
    pub quiet: bool,

    /// How to print the results: `table`, or `bencher` for tools that read libtest's lines (times of the first
    /// interpreter; ± is half the 95 % interval)
    #[arg(long, value_name = "FORMAT", default_value = "table")]
    pub output_format: OutputFormat,

    /// Accepted because test runners pass it; output of a process is shown when it fails
    #[arg(long, hide = true)]
    pub nocapture: bool,

    /// Only ignored benchmarks, as test runners ask; none is ever ignored
    #[arg(long, hide = true)]
    pub ignored: bool,

    /// Refused, with what to use instead
    #[arg(long, hide = true, value_name = "SECONDS")]
    pub profile_time: Option<String>,

    /// Refused, with what to use instead
    #[arg(long, hide = true, value_name = "NAME")]
    pub load_baseline: Option<String>,

    /// Colours: `auto` obeys NO_COLOR and whether this is a terminal
    #[arg(long, value_name = "WHEN", default_value = "auto")]
    pub color: Color,

    /// Cargo passes it
    #[arg(long, hide = true)]
    pub bench: bool,
}

/// How the results are printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum OutputFormat {
    /// Ratios, intervals and verdicts, for people.
    Table,
    /// A line per variant, as libtest prints benchmarks.
    Bencher,
}

/// Which cases to measure. All are verified in any case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Cases {
    /// Each pair's default.
    Default,
    /// All.
    All,
    /// Those with one of these sizes.
    Sizes(Vec<u64>),
}

impl std::str::FromStr for Cases {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "default" => Ok(Cases::Default),
            "all" => Ok(Cases::All),
            _ => text
                .split(',')
                .map(|word| word.trim().parse())
                .collect::<Result<_, _>>()
                .map(Cases::Sizes)
                .map_err(|_| "say `default`, `all`, or sizes like `64,256`".into()),
        }
    }
}

impl Options {
    /// Refuses flags of criterion that have no counterpart here.
    ///
    /// # Errors
    ///
    /// When such a flag was given; the message names the replacement.
    pub(crate) fn refuse_unsupported(&self) -> Result<(), String> {
        if self.profile_time.is_some() {
            return Err(
                "--profile-time is not supported: a launch alternates between both sides, so a profiler attached to \
                 it would mix them. `--diagnose profile` shows where Python spends its time"
                    .into(),
            );
        }
        match &self.load_baseline {
            None => Ok(()),
            Some(name) => Err(format!(
                "--load-baseline is not supported. Compare kept runs without measuring again: \
                 {} compare OTHER {name}",
                tool()
            )),
        }
    }

    /// Limits of one launch. Inspects the machine, so call it once.
    pub(crate) fn limits(&self) -> Limits {
        Limits {
            time: self.timeout,
            output: self.output_limit,
            memory: self.memory_limit.or_else(memory_to_spare),
        }
    }

    /// Whether nothing is measured, so that there is no record.
    pub(crate) fn only_checks(&self) -> bool {
        self.test || self.dig.is_some()
    }

    /// What to ask besides times.
    pub(crate) fn diagnosers(&self) -> Vec<Diagnoser> {
        match &self.diagnose {
            Some(chosen) => chosen.0.clone(),
            None if self.quick => Vec::new(),
            None => Chosen::default().0,
        }
    }
}

/// Seconds as criterion takes them: a number.
fn seconds(text: &str) -> Result<Duration, String> {
    let number: f64 = text
        .parse()
        .map_err(|_| "a number of seconds, like 0.5".to_string())?;
    // Shorter ones are not kept in a record, and criterion takes none without length.
    if (0.001..=86_400.0).contains(&number) {
        Ok(Duration::from_secs_f64(number))
    } else {
        Err("at least a millisecond (0.001) and at most a day".into())
    }
}

/// A time with its unit: `500ms`, `90s`, `5m`, `1h`; a bare number is seconds.
pub(crate) fn duration(text: &str) -> Result<Duration, String> {
    let digits = text
        .find(|c: char| !c.is_ascii_digit() && c != '.')
        .unwrap_or(text.len());
    let number: f64 = text[..digits]
        .parse()
        .map_err(|_| "a time like 90s or 5m".to_string())?;
    let factor = match &text[digits..] {
        "ms" => 0.001,
        "" | "s" => 1.0,
        "m" | "min" => 60.0,
        "h" => 3600.0,
        other => {
            return Err(format!(
                "{other:?} is not a unit of time; there are ms, s, m and h"
            ));
        }
    };
    let time = number * factor;
    if time > 0.0 && time <= 7.0 * 86_400.0 {
        Ok(Duration::from_secs_f64(time))
    } else {
        Err("more than 0 and at most a week".into())
    }
}

#[cfg(test)]
mod tests;
