//! The run from registry to report.

use super::Suite;
use super::bencher;
use super::diagnosing::diagnose;
use super::lock;
use super::matrix;
use super::measuring::measure;
use super::options::{Options, OutputFormat};
use super::resume;
use super::run::Run;
use super::select::{Selected, select};
use super::shard;
use super::table;
use super::terminal::Terminal;
use super::then::Then;
use super::verifying::verify;
use super::warnings;
use crate::analyse::launches::{samples, samples_read};
use crate::analyse::{analyses, thousands};
use crate::hosts::launcher::Stop;
use crate::record::{Status, views};
use clap::Parser;
use std::process::ExitCode;

/// Set by Ctrl-C.
static STOP: Stop = Stop::new();

/// Parses the arguments and runs.
pub(super) fn main(suite: &Suite) -> ExitCode {
    let mut options = Options::parse();
    // As criterion does: `cargo bench` passes `--bench`; `cargo test --benches` and cargo-nextest don't. To resume is to
    // measure, which takes the lock on the folder.
    options.test |= !options.bench && !options.list && options.resume.is_none();
    let mut terminal = Terminal::new(options.color, options.quiet);
    if options.verbose {
        terminal.say(&format!("options: {options:?}"));
    }
    match bench(suite, options, &mut terminal) {
        Ok(code) => code,
        Err(error) => {
            terminal.end();
            terminal.error(&error);
            ExitCode::from(2)
        }
    }
}

/// The pipeline: select, start, verify, measure, diagnose, report, compare with an earlier run.
fn bench(suite: &Suite, asked: Options, terminal: &mut Terminal) -> Result<ExitCode, String> {
    asked.refuse_unsupported()?;
    refuse_debug(&asked)?;
    if asked.ignored {
        return Ok(ExitCode::SUCCESS);
    }
    let reports = resume::reports(&asked);
    let only_looks = asked.list || asked.test;
    if !asked.list {
        watch_interrupts();
    }
    // Before the record to be resumed is read: nobody else may be writing it.
    let _lock = (!only_looks)
        .then(|| lock::take(&reports, asked.wait, &STOP, terminal))
        .transpose()?;
    let (options, earlier) = resume::prepare(asked)?;
    let mut selected = select(&suite.registry, &options)?;
    if let Some(shard) = options.shard {
        selected = shard::part(selected, shard);
    }
    if options.list {
        list(&selected);
        return Ok(ExitCode::SUCCESS);
    }

    let then = Then::read(&options)?;
    let mut run = Run::start(suite, &options, &selected, earlier, &then, &STOP, terminal)?;
    if selected.is_empty() {
        return Ok(idle(run, terminal));
    }
    let verified = verify(&mut run, terminal)?;
    if options.test {
        return Ok(conclude(&run, false));
    }
    let measured = measure(&mut run, &verified, terminal);
    terminal.end();
    let diagnosed = measured.and_then(|status| diagnose(&mut run, suite, &verified, status, terminal));
    terminal.end();
    let status = diagnosed.unwrap_or_else(|error| {
        // What was measured before is reported all the same.
        terminal.error(&error);
        run.keeping.fell_short = true;
        Status::Interrupted
    });
    run.finish(status, terminal);
    let colors = terminal.colors();
    let views = views(std::slice::from_ref(&run.record));
    let analyses = analyses(&views, std::slice::from_ref(&run.figures));
    let changes = then.changes(&analyses[0]);
    match run.options.output_format {
        OutputFormat::Table => {
            print!("{}", table::table(&run.record, &analyses[0], colors));
            print!("{}", matrix::matrix(&views, &analyses, colors));
            print!("{}", then.table(changes.as_ref(), colors));
        }
        OutputFormat::Bencher => print!("{}", bencher::lines(&analyses[0])),
    }
    let report = run.report(&views, &analyses, changes.as_ref());
    let mut unwritten = false;
    let report = report.and_then(|report| {
        let told = report.map_err(|error| terminal.error(&error));
        unwritten = told.is_err();
        told.ok()
    });
    let place = if report.is_some() { "report" } else { "record" };
    print!(
        "{}",
        warnings::block(&run.record.warnings, place, terminal.colors())
    );
    print!(
        "{}",
        table::closing(&run.record, run.reached(), report.as_deref(), &run.record_path)
    );
    let broken = then.judge(&analyses[0], changes.as_ref(), terminal);
    if run.options.verbose {
        terminal.say(&format!(
            "samples: {} read, {} in the record{}",
            thousands(samples_read() as f64),
            thousands(samples(&run.record) as f64),
            then.samples()
        ));
    }
    run.keeping.fell_short |= unwritten | !then.keep(&run.record, &options.reports, terminal);
    Ok(conclude(&run, broken))
}

/// A part that has no pairs. Whoever divides a run need not know how many there are, so this is no failure; and the record
/// tells whoever puts the parts together that this one is not missing.
fn idle(mut run: Run<'_>, terminal: &Terminal) -> ExitCode {
    if let Some(shard) = run.options.shard {
        terminal.say(&format!(
            "part {shard} has no pairs, since there are fewer pairs than parts: nothing to do here"
        ));
    }
    if !run.options.test {
        run.finish(Status::Complete, terminal);
        terminal.say(&format!("record: {}", run.record_path.display()));
    }
    conclude(&run, false)
}

/// As criterion prints it, so that tools which read that go on working.
fn list(selected: &[Selected<'_>]) {
    for pair in selected {
        for variant in &pair.variants {
            println!("{}/{variant}: benchmark", pair.entry.name);
        }
    }
}

/// Times of unoptimised code say nothing about anything.
fn refuse_debug(options: &Options) -> Result<(), String> {
    let allowed = std::env::var_os("PAIRBENCH_ALLOW_DEBUG").is_some();
    if cfg!(debug_assertions) && !options.test && !options.list && !allowed {
        return Err(
            "this is a debug build, and its times would mean nothing. Measure with `cargo bench`; \
             `-- --test` verifies in any build"
                .into(),
        );
    }
    Ok(())
}

/// The first Ctrl-C ends the run with a report of what there is, the second ends it at once.
fn watch_interrupts() {
    let result = ctrlc::set_handler(|| {
        if STOP.requested() {
            std::process::exit(130);
        }
        STOP.request();
    });
    if let Err(error) = result {
        eprintln!("Ctrl-C will end the run without a report: {error}");
    }
}

/// `broken` says whether an expectation was not met: a floor, or `--fail-if`.
fn conclude(run: &Run<'_>, broken: bool) -> ExitCode {
    match run.record.status {
        _ if run.keeping.fell_short => ExitCode::from(1),
        Status::Interrupted => ExitCode::from(130),
        _ if run.failed() || broken => ExitCode::from(1),
        _ => ExitCode::SUCCESS,
    }
}
