//! A run from the registry to the report: select, start, verify, measure, diagnose, report, compare with an earlier run.

mod baseline;
mod clock;
mod extensions;
mod interpreters;
mod launch;
mod lock;
mod new_record;
mod options;
mod plan;
mod resuming;
mod saving;
mod stages;
mod state;
mod suite;

pub(crate) use baseline::interest;
pub(crate) use launch::process;
pub(crate) use options::duration;
pub use options::{Cases, Options, OutputFormat};
pub(crate) use plan::{chosen, select::Selected};
pub use suite::Suite;

use crate::analyse::launches::{samples, samples_read};
use crate::analyse::summary::Reached;
use crate::analyse::{Analysis, analyses};
use crate::compare::Changes;
use crate::hosts::launcher::Stop;
use crate::record::{Record, Status, VariantState, views};
use crate::terminal::Terminal;
use crate::text::thousands;
use baseline::Baseline;
use stages::{diagnose, measure, verify};
use state::Run;
use std::path::Path;
use std::process::ExitCode;

/// What a run shows when it is over.
pub(crate) struct Results<'a> {
    pub options: &'a Options,
    pub record: &'a Record,
    /// The record, once for each interpreter.
    pub views: &'a [Record],
    pub analyses: &'a [Analysis<'a>],
    pub changes: Option<&'a Changes>,
    pub reached: Option<Reached>,
    /// The report, where one was written.
    pub report: Option<&'a Path>,
    pub record_path: &'a Path,
}

/// The pipeline. What has been measured is given to `show`.
///
/// # Errors
///
/// When nothing can be measured at all; the text says what to do.
pub(crate) fn run(
    suite: &Suite,
    asked: Options,
    stop: &'static Stop,
    terminal: &mut Terminal,
    show: impl FnOnce(&Results<'_>, &Terminal),
) -> Result<ExitCode, String> {
    // Before the record to be resumed is read: nobody else may be writing it.
    let reports = resuming::reports(&asked);
    let _lock = (!asked.test)
        .then(|| lock::take(&reports, asked.wait, stop, terminal))
        .transpose()?;
    let (options, earlier) = resuming::prepare(asked)?;
    let selected = chosen(&suite.registry, &options)?;
    let baseline = Baseline::read(&options)?;
    let mut run = Run::start(suite, &options, &selected, earlier, &baseline, stop, terminal)?;
    if selected.is_empty() {
        let written = idle(&mut run, terminal);
        return Ok(conclude(&run, written, false));
    }

    let verified = verify(&mut run, terminal)?;
    if options.test {
        return Ok(conclude(&run, true, false));
    }
    let measured = measure(&mut run, &verified, terminal);
    terminal.end();
    let diagnosed = measured.and_then(|status| diagnose(&mut run, &verified, status, terminal));
    terminal.end();
    let mut written = true;
    let status = diagnosed.unwrap_or_else(|error| {
        // What was measured before is reported all the same.
        terminal.error(&error);
        written = false;
        Status::Interrupted
    });
    written &= run.finish(status, terminal);

    let views = views(std::slice::from_ref(&run.record));
    let analyses = analyses(&views, std::slice::from_ref(&run.figures));
    let changes = baseline.changes(&analyses[0]);
    let report = run
        .report(&views, &analyses, changes.as_ref())
        .and_then(|report| {
            let report = report.inspect_err(|error| terminal.error(error));
            written &= report.is_ok();
            report.ok()
        });
    let results = Results {
        options: &options,
        record: &run.record,
        views: &views,
        analyses: &analyses,
        changes: changes.as_ref(),
        reached: run.reached(),
        report: report.as_deref(),
        record_path: &run.saving.path,
    };
    show(&results, terminal);
    let broken = baseline.judge(&analyses[0], changes.as_ref(), terminal);
    if options.verbose {
        terminal.say(&format!(
            "samples: {} read, {} in the record{}",
            thousands(samples_read() as f64),
            thousands(samples(&run.record) as f64),
            baseline.samples()
        ));
    }
    written &= baseline.keep(&run.record, &options.reports, terminal);
    Ok(conclude(&run, written, broken))
}

/// A part that has no pairs. Whoever divides a run need not know how many there are, so this is no failure; and the record
/// tells whoever puts the parts together that this one is not missing.
fn idle(run: &mut Run<'_>, terminal: &Terminal) -> bool {
    if let Some(shard) = run.options.shard {
        terminal.say(&format!(
            "part {shard} has no pairs, since there are fewer pairs than parts: nothing to do here"
        ));
    }
    if run.options.test {
        return true;
    }
    let written = run.finish(Status::Complete, terminal);
    terminal.say(&format!("record: {}", run.saving.path.display()));
    written
}

/// Whether everything that was asked for could be `written`, and whether an expectation was `broken`: a floor, or
/// `--fail-if`.
fn conclude(run: &Run<'_>, written: bool, broken: bool) -> ExitCode {
    match run.record.status {
        _ if !written => ExitCode::from(1),
        Status::Interrupted => ExitCode::from(130),
        _ if failed(run) || broken => ExitCode::from(1),
        _ => ExitCode::SUCCESS,
    }
}

/// Whether any pair or variant failed, with any interpreter, or an interpreter that was named is not there.
fn failed(run: &Run<'_>) -> bool {
    // With `all`, what does not run is shown as missing, and nobody had counted on it.
    let mut missing = run.record.lacking.iter();
    let named_in_vain = missing.any(|one| run.options.interpreter.contains(&one.asked));
    named_in_vain
        || run.record.all_pairs().any(|pair| {
            !pair.verification.passed
                // `embedded` is no variant of the pair, so its failures stand in the launches alone.
                || pair.launches.iter().any(|launch| !launch.failures.is_empty())
                || pair
                    .variants
                    .iter()
                    .any(|variant| matches!(variant.state, VariantState::Failed { .. }))
        })
}
