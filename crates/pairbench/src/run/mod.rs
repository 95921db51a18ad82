//! A run from the registry to the report: select, start, build and verify, measure, diagnose, report, compare with an earlier run.

mod against;
mod baseline;
mod clock;
pub(crate) mod exit;
pub(crate) mod exporting;
mod interpreters;
mod launch;
mod lock;
mod new_record;
mod options;
mod plan;
mod resuming;
mod saving;
mod sources;
mod stages;
mod state;
mod suite;

pub(crate) use against::FOLDER as AGAINST;
pub(crate) use launch::process;
pub(crate) use options::duration;
pub use options::{Options, OutputFormat};
use plan::select::left_out;
pub(crate) use plan::{chosen, select::Selected};
pub use suite::Suite;

use crate::analyse::launches::{samples, samples_read};
use crate::analyse::summary::Reached;
use crate::analyse::{Analysis, analyses};
use crate::compare::Changes;
use crate::export::Summary;
use crate::hosts::launcher::Stop;
use crate::record::{PairRecord, Record, Status, VariantState, views};
use crate::terminal::Terminal;
use crate::text::thousands;
use baseline::Baseline;
use exit::Exit;
use stages::{diagnose, dig, measure, measure_in_step, recheck, shrink_disagreements, verify};
use state::Run;
use std::path::Path;

/// What a run shows when it is over.
pub(crate) struct Results<'a> {
    pub options: &'a Options,
    pub record: &'a Record,
    pub analyses: &'a [Analysis<'a>],
    /// What changed since the baseline, with each interpreter.
    pub changes: &'a [Changes],
    pub reached: Option<Reached>,
    /// The figures as other programs read them.
    pub summary: &'a Summary,
    /// The report, if one was written.
    pub report: Option<&'a Path>,
    pub record_path: &'a Path,
}

/// The pipeline. It passes the results to `show`, which returns whether they could be written.
///
/// # Errors
///
/// When nothing can be measured at all; the text says what to do.
pub(crate) fn run(
    suite: &Suite,
    asked: Options,
    stop: &'static Stop,
    terminal: &mut Terminal,
    show: impl FnOnce(&Results<'_>, &Terminal) -> bool,
) -> Result<Exit, String> {
    // Taken before the record to be resumed is read: nobody else may be writing to it.
    let reports = resuming::reports(&asked);
    let mut _lock = None;
    if !asked.only_checks() {
        _lock = lock::take(&reports, asked.wait, stop, terminal)?;
        if _lock.is_none() {
            return Ok(Exit::Interrupted);
        }
    }
    let (options, earlier) = resuming::prepare(asked, &suite.registry)?;
    exporting::check(&options)?;
    let selected = chosen(&suite.registry, &options)?;
    let left_out = left_out(&suite.registry, &options);
    if !left_out.is_empty() {
        terminal.say(&format!(
            "left out by --quick, since it starts servers: {}; name it to measure it",
            left_out.join(", ")
        ));
    }
    let baseline = Baseline::read(&options)?;
    let mut run = Run::start(suite, &options, &selected, earlier, &baseline, stop, terminal)?;
    if selected.is_empty() {
        return Ok(idle(run, terminal));
    }

    let verified = verify(&mut run, terminal)?;
    shrink_disagreements(&mut run, terminal)?;
    if let Some(time) = options.dig {
        let found = dig(&mut run, &verified, time, terminal)?;
        let outcome = Outcome {
            open: found,
            ..Outcome::default()
        };
        return Ok(conclude(&run, outcome, terminal));
    }
    recheck(&mut run, terminal)?;
    if options.test {
        let open = |pair: &PairRecord| pair.dug.as_ref().is_some_and(|dug| !dug.open.is_empty());
        let outcome = Outcome {
            open: run.record.pairs.iter().any(open),
            ..Outcome::default()
        };
        return Ok(conclude(&run, outcome, terminal));
    }
    let against = options.against.as_ref();
    let mut against = match against
        .map(|name| against::begin(&mut run, name, terminal))
        .transpose()
    {
        Err(_) if stop.requested() => return Ok(Exit::Interrupted),
        against => against?,
    };
    let measured = match options.in_step {
        true => measure_in_step(&mut run, &verified, terminal),
        false => measure(&mut run, &verified, against.as_mut(), terminal),
    };
    terminal.end();
    let other =
        against.map(|against| against.finish(measured.as_ref().copied().unwrap_or(Status::Interrupted)));
    let diagnosed = measured.and_then(|status| diagnose(&mut run, &verified, status, terminal));
    terminal.end();
    let mut outcome = Outcome {
        cut_short: diagnosed.is_err(),
        ..Outcome::default()
    };
    let status = diagnosed.unwrap_or_else(|error| {
        // What was measured so far is still reported.
        terminal.error(&error);
        Status::Interrupted
    });
    match other.transpose() {
        Ok(other) => baseline.compare_with(other),
        Err(error) => {
            terminal.error(&error);
            outcome.cut_short = true;
        }
    }
    outcome.unwritten |= !run.finish(status, terminal);

    let views = views(std::slice::from_ref(&run.record));
    let analyses = analyses(&views, std::slice::from_ref(&run.figures));
    let changes = baseline.changes(&analyses);
    let report = run.report(&analyses, &changes).and_then(|report| {
        let report = report.inspect_err(|error| terminal.error(error));
        outcome.unwritten |= report.is_err();
        report.ok()
    });
    let summary = Summary::of(&run.record, &analyses);
    outcome.unwritten |= !run.export(&summary, terminal);
    let results = Results {
        summary: &summary,
        options: &options,
        record: &run.record,
        analyses: &analyses,
        changes: &changes,
        reached: run.reached(),
        report: report.as_deref(),
        record_path: &run.saving.path,
    };
    outcome.unwritten |= !show(&results, terminal);
    outcome.broken = baseline.judge(&analyses[0], &changes, terminal);
    if options.verbose {
        terminal.say(&format!(
            "samples: {} read, {} in the record{}",
            thousands(samples_read() as f64),
            thousands(samples(&run.record) as f64),
            baseline.samples()
        ));
    }
    outcome.unwritten |= !baseline.keep(&run.record, &options.reports, terminal);
    Ok(conclude(&run, outcome, terminal))
}

/// Handles a part without pairs. That is not a failure: the number of parts is chosen without knowing the pairs. Its
/// record shows that this part is not missing.
fn idle(mut run: Run<'_>, terminal: &Terminal) -> Exit {
    if let Some(shard) = run.options.shard {
        terminal.say(&format!(
            "part {shard} has no pairs, since there are fewer pairs than parts: nothing to do here"
        ));
    }
    let mut outcome = Outcome::default();
    if !run.options.only_checks() {
        outcome.unwritten |= !run.finish(Status::Complete, terminal);
        let summary = Summary::of(&run.record, &[Analysis::with(&run.record, 0, &run.figures)]);
        outcome.unwritten |= !run.export(&summary, terminal);
        terminal.say(&format!("record: {}", run.saving.path.display()));
    }
    conclude(&run, outcome, terminal)
}

/// What decides the exit code besides the record.
#[derive(Default)]
struct Outcome {
    /// Whether an error ended the run.
    cut_short: bool,
    /// Whether a dig found something, or a test found an earlier finding still open.
    open: bool,
    /// Whether a floor or `--fail-if` was broken.
    broken: bool,
    /// Whether a requested output could not be written.
    unwritten: bool,
}

fn conclude(run: &Run<'_>, outcome: Outcome, terminal: &Terminal) -> Exit {
    let Outcome {
        cut_short,
        open,
        broken,
        unwritten,
    } = outcome;
    let interrupted = run.record.status == Status::Interrupted && !cut_short;
    Exit::of(&[
        (Exit::Unwritten, unwritten || terminal.has_lost_lines()),
        (Exit::Interrupted, interrupted),
        (Exit::Failed, cut_short || open || failed(run)),
        (Exit::Broken, broken),
    ])
}

/// Whether any pair or variant failed with any interpreter, or a named interpreter is missing.
fn failed(run: &Run<'_>) -> bool {
    // With `all`, interpreters that do not run are shown as missing, but nobody was counting on them.
    run.record.lacking.iter().any(|missing| missing.named)
        || run.record.all_pairs().chain(&run.record.nulls).any(|pair| {
            !(pair.verification.passed || pair.skipped().is_some())
                // `embedded` is not a variant of the pair, so its failures are in the launches only.
                || pair.launches.iter().any(|launch| !launch.failures.is_empty())
                || pair
                    .variants
                    .iter()
                    .any(|variant| matches!(variant.state, VariantState::Failed { .. }))
        })
}
