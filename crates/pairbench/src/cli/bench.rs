//! `cargo bench`: parses the arguments, has them carried out, and prints the results.

use super::{changes, matrix, table, warnings};
use crate::export::{self, Format};
use crate::hosts::launcher::Stop;
use crate::run::exit::Exit;
use crate::run::{self, Options, OutputFormat, Results, Selected, Suite};
use crate::terminal::{Terminal, note, show};
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
        Ok(exit) => exit.into(),
        Err(error) => {
            terminal.end();
            terminal.error(&error);
            Exit::Refused.into()
        }
    }
}

fn bench(suite: &Suite, options: Options, terminal: &mut Terminal) -> Result<Exit, String> {
    options.refuse_unsupported()?;
    refuse_debug(&options)?;
    if options.ignored {
        return Ok(Exit::Done);
    }
    if options.list {
        list(&run::chosen(&suite.registry, &options)?);
        return Ok(Exit::Done);
    }
    watch_interrupts();
    run::run(suite, options, &STOP, terminal, show_results)
}

/// Prints the results and what to mind about them.
fn show_results(results: &Results<'_>, terminal: &Terminal) {
    let Results { record, analyses, .. } = *results;
    let colors = terminal.colors();
    match results.options.output_format {
        OutputFormat::Table => {
            show(&table::table(record, &analyses[0], colors));
            show(&matrix::matrix(results.views, analyses, colors));
            if let Some(mut changes) = results.changes.cloned() {
                // What differs besides is among the run's warnings.
                changes.differences.clear();
                show(&changes::table(&changes, colors));
            }
        }
        OutputFormat::Bencher => {
            let summary = results.summary;
            match export::export(Format::Bencher, &[export::Run { record, summary }]) {
                Ok(lines) => show(&lines),
                Err(error) => terminal.error(&error),
            }
        }
    }
    let place = if results.report.is_some() {
        "report"
    } else {
        "record"
    };
    show(&warnings::block(&record.warnings, place, colors));
    show(&table::closing(
        record,
        results.reached,
        results.report,
        results.record_path,
    ));
}

/// As criterion prints it, so that tools that parse it still work.
fn list(selected: &[Selected<'_>]) {
    for pair in selected {
        for variant in &pair.variants {
            show(&format!("{}/{variant}: benchmark\n", pair.entry.name));
        }
    }
}

/// Times of unoptimised code are meaningless.
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
            std::process::exit(Exit::Interrupted as i32);
        }
        STOP.request();
    });
    if let Err(error) = result {
        note(&format!("Ctrl-C will end the run without a report: {error}"));
    }
}
