//! `cargo bench`: parses the arguments, has them carried out, and prints the results.

use super::{changes, forecast, matrix, table, warnings};
use crate::export::{self, Format};
use crate::hosts::launcher::Stop;
use crate::run::exit::Exit;
use crate::run::{self, Options, OutputFormat, Results, Selected, Suite};
use crate::terminal::{Terminal, show};
use clap::Parser;
use std::process::ExitCode;
use std::time::{Duration, Instant};

/// Set by Ctrl-C.
static STOP: Stop = Stop::new();

/// Parses the arguments and runs.
pub(super) fn main(suite: &Suite) -> ExitCode {
    let mut options = Options::parse();
    // As criterion does: `cargo bench` passes `--bench`; `cargo test --benches` and cargo-nextest don't. Resuming a run
    // measures, and takes the lock on the folder.
    let other_mode =
        options.list || options.dig.is_some() || options.forecast.is_some() || options.resume.is_some();
    options.test |= !options.bench && !other_mode;
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
        let written = list(&run::chosen(&suite.registry, &options)?);
        return Ok(Exit::of(&[(Exit::Unwritten, !written)]));
    }
    if let Some(folder) = &options.forecast {
        return forecast::of_suite(&run::chosen(&suite.registry, &options)?, &options, folder);
    }
    suite.registry.write_modules()?;
    watch_interrupts(terminal);
    run::run(suite, options, &STOP, terminal, show_results)
}

/// Prints the results and the warnings about them; `false` if they could not be written.
fn show_results(results: &Results<'_>, terminal: &Terminal) -> bool {
    let Results { record, analyses, .. } = *results;
    let colors = terminal.colors();
    let mut text = String::new();
    match results.options.output_format {
        OutputFormat::Table => {
            text += &table::table(record, &analyses[0], colors);
            text += &matrix::matrix(analyses, colors);
            for changes in results.changes {
                // Other differences are among the run's warnings.
                let mut changes = changes.clone();
                changes.differences.clear();
                text += &changes::table(&changes, colors);
            }
        }
        OutputFormat::Bencher => {
            let summary = results.summary;
            match export::export(Format::Bencher, &[export::Run { record, summary }]) {
                Ok(lines) => text += &lines,
                Err(error) => terminal.error(&error),
            }
        }
    }
    let place = if results.report.is_some() {
        "report"
    } else {
        "record"
    };
    text += &warnings::block(&record.warnings, place, colors);
    text += &table::closing(record, results.reached, results.report, results.record_path);
    show(&text)
}

/// As criterion prints it, so that tools that parse it still work.
fn list(selected: &[Selected<'_>]) -> bool {
    let lines = selected.iter().flat_map(|pair| {
        let variants = pair.variants.iter();
        variants.map(|variant| format!("{}/{variant}: benchmark\n", pair.entry.name))
    });
    show(&lines.collect::<String>())
}

/// Times of unoptimised code are meaningless.
fn refuse_debug(options: &Options) -> Result<(), String> {
    let allowed = std::env::var_os("PAIRBENCH_ALLOW_DEBUG").is_some();
    let measures = !options.only_checks() && !options.list && options.forecast.is_none();
    if cfg!(debug_assertions) && measures && !allowed {
        return Err(
            "this is a debug build, and its times would mean nothing. Measure with `cargo bench`; \
             `-- --test` verifies in any build"
                .into(),
        );
    }
    Ok(())
}

/// The first Ctrl-C ends the run with a report of the results so far, the second ends it at once. So do the signals
/// that end processes, and that of a closed terminal, which may come twice: from the system and from a shell.
fn watch_interrupts(terminal: &Terminal) {
    let survives_terminal = hang_ups::are_ignored();
    let mut first: Option<Instant> = None;
    let result = ctrlc::set_handler(move || {
        if first.get_or_insert_with(Instant::now).elapsed() > SAME_EVENT {
            std::process::exit(Exit::Interrupted as i32);
        }
        STOP.request();
    });
    if survives_terminal {
        hang_ups::ignore();
    }
    if let Err(error) = result {
        terminal.warn(&format!("Ctrl-C will end the run without a report: {error}"));
    }
}

/// Signals so close together come from one event.
const SAME_EVENT: Duration = Duration::from_millis(300);

/// The signal of a closed terminal. Under `nohup` a process starts out ignoring it; setting a handler would undo that.
#[cfg(unix)]
mod hang_ups {
    pub fn are_ignored() -> bool {
        let mut now = std::mem::MaybeUninit::<libc::sigaction>::uninit();
        // SAFETY: without a new action the call only writes the current one, which is read only if that succeeded.
        unsafe {
            libc::sigaction(libc::SIGHUP, std::ptr::null(), now.as_mut_ptr()) == 0
                && now.assume_init().sa_sigaction == libc::SIG_IGN
        }
    }

    pub fn ignore() {
        // SAFETY: no function of this process is registered.
        unsafe { libc::signal(libc::SIGHUP, libc::SIG_IGN) };
    }
}

#[cfg(not(unix))]
mod hang_ups {
    pub fn are_ignored() -> bool {
        false
    }

    pub fn ignore() {}
}
