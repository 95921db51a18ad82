//! `pairbench record`: keeps real calls of a Python function while the user's own program or tests run.
//!
//! A private folder on PYTHONPATH holds a `sitecustomize.py`, which reaches every Python that the program starts,
//! however it does so. What these processes write into that folder is merged when the program has ended.

use super::recording::{Recording, Target};
use crate::hosts::script::{RECORDER, RECORDER_START};
use crate::hosts::{new_beside, private_folder};
use crate::run::exit::{Exit, HELP_OF_RECORD};
use crate::terminal::print_error;
use crate::text::{thousands, tool};
use clap::Args;
use std::ffi::OsString;
use std::fmt;
use std::io;
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitCode, ExitStatus};
use tempfile::NamedTempFile;

/// The arguments of `record`.
#[derive(Debug, Args)]
#[command(after_help = HELP_OF_RECORD)]
pub(super) struct Arguments {
    /// The function, as shop.pricing:total; a method as shop.cart:Cart.total
    function: Target,
    /// File for the calls, one a line
    #[arg(long, value_name = "FILE", default_value = "calls.jsonl")]
    out: PathBuf,
    /// Replace FILE if it exists
    #[arg(long)]
    force: bool,
    /// Keep at most this many distinct calls, the first ones
    #[arg(long, value_name = "N", default_value = "1000")]
    limit: NonZeroUsize,
    /// Leave out calls whose arguments are larger
    #[arg(long, value_name = "MB", default_value_t = 10.0)]
    max_size: f64,
    /// Stop recording in a process after this much time was spent on it; the program goes on
    #[arg(long, value_name = "SECONDS", default_value_t = 60)]
    max_time: u64,
    /// The program and its arguments: pytest -q
    #[arg(last = true, required = true, value_name = "PROGRAM")]
    program: Vec<OsString>,
}

/// Runs the program, then merges and writes what was recorded.
///
/// # Errors
///
/// When the program was not started.
pub(super) fn main(arguments: &Arguments) -> Result<ExitCode, String> {
    let out = &arguments.out;
    if out.exists() && !arguments.force {
        return Err(format!("{} exists; --force replaces it", out.display()));
    }
    // Before the program runs, which may take long.
    let file = new_beside(out).map_err(|error| unwritable(out, &error))?;
    let folder = private_folder("pairbench-")
        .and_then(|folder| prepare(folder.path(), arguments).map(|()| folder))
        .map_err(|error| {
            format!(
                "no folder for recording in {}: {error}",
                std::env::temp_dir().display()
            )
        })?;
    let status = wait(start(folder.path(), &arguments.program)?);
    let recording = Recording::read(folder.path(), arguments.limit.get());
    let ours = match recording.and_then(|recording| save(&recording, file, out).map(|()| recording)) {
        Ok(recording) if recording.is_empty() => {
            let why = recording.why_empty(&arguments.function);
            print_error(&format!("error: nothing was recorded: {why}"));
            Exit::Failed
        }
        Ok(recording) => {
            print_error(&summary(&recording, arguments));
            Exit::Done
        }
        Err(error) => {
            print_error(&format!("error: {}", unwritable(out, &error)));
            Exit::Unwritten
        }
    };
    let theirs = exit_code(status);
    Ok(match theirs {
        0 => ours.into(),
        theirs => ExitCode::from(theirs),
    })
}

/// Writes the recorded calls; an existing file is not replaced by an empty one.
fn save(recording: &Recording, mut file: NamedTempFile, out: &Path) -> io::Result<()> {
    if !recording.is_empty() {
        recording.write(&mut io::BufWriter::new(&mut file))?;
        file.persist(out).map_err(|error| error.error)?;
    }
    Ok(())
}

/// What was recorded, where it is, and what to do next.
fn summary(recording: &Recording, arguments: &Arguments) -> String {
    let Arguments { function, out, .. } = arguments;
    let late = match recording.kept() >= arguments.limit.get() as u64 {
        true => format!(
            "after the limit of {} (--limit)",
            thousands(recording.kept() as f64)
        ),
        false => format!("after {} s of recording (--max-time)", arguments.max_time),
    };
    let large = format!("larger than {} MB (--max-size)", arguments.max_size);
    let [out, tool] = [&out.display() as &dyn fmt::Display, &tool()];
    format!(
        "{function} {}\ncalls: {out}\nnext: {tool} new {function} --input {out}",
        recording.summary(&large, &late)
    )
}

fn unwritable(path: &Path, error: &io::Error) -> String {
    format!("{} cannot be written: {error}", path.display())
}

/// Fills the private folder.
fn prepare(folder: &Path, arguments: &Arguments) -> io::Result<()> {
    let Target { module, function } = &arguments.function;
    let (limit, seconds) = (arguments.limit, arguments.max_time);
    let bytes = (arguments.max_size * 1e6) as u64;
    // Identifiers need no escapes.
    let call = format!("\n\ninstall('{module}', '{function}', {limit}, {bytes}, {seconds})\n");
    std::fs::write(folder.join("sitecustomize.py"), format!("{RECORDER_START}{call}"))?;
    std::fs::write(folder.join("recorder.py"), RECORDER)
}

/// Starts the user's program.
fn start(folder: &Path, program: &[OsString]) -> Result<Child, String> {
    let name = "PYTHONPATH";
    let before = std::env::var_os(name).filter(|path| !path.is_empty());
    let before = before.iter().flat_map(std::env::split_paths);
    let path = std::env::join_paths([folder.to_path_buf()].into_iter().chain(before));
    let path = path.map_err(|error| format!("{} cannot be on {name}: {error}", folder.display()))?;
    let (first, rest) = program.split_first().expect("clap requires one");
    let started = Command::new(first).args(rest).env(name, path).spawn();
    started.map_err(|error| format!("{} cannot be started: {error}", Path::new(first).display()))
}

/// Waits for the program. Both processes get Ctrl-C from the terminal, and this one has to outlive the program.
fn wait(mut child: Child) -> io::Result<ExitStatus> {
    #[cfg(unix)]
    signals::survive(&child);
    #[cfg(not(unix))]
    let _ = ctrlc::set_handler(|| {});
    child.wait()
}

#[cfg(unix)]
mod signals {
    use std::process::Child;
    use std::sync::atomic::{AtomicI32, Ordering};

    static CHILD: AtomicI32 = AtomicI32::new(0);

    extern "C" fn ignore(_: libc::c_int) {}

    extern "C" fn pass_on(signal: libc::c_int) {
        // SAFETY: `kill` may be called in a handler, and the child has not been waited for.
        unsafe { libc::kill(CHILD.load(Ordering::Relaxed), signal) };
    }

    /// Survives Ctrl-C, and passes on signals that only this process gets. Set after the child has started, so that the
    /// child keeps ignoring what the user's shell ignores.
    pub fn survive(child: &Child) {
        CHILD.store(child.id().cast_signed(), Ordering::Relaxed);
        let handlers = [
            (libc::SIGINT, ignore as extern "C" fn(libc::c_int)),
            (libc::SIGTERM, pass_on),
        ];
        for (signal, handler) in handlers {
            // SAFETY: both functions do only what a handler may do.
            unsafe { libc::signal(signal, handler as *const () as libc::sighandler_t) };
        }
    }
}

/// The exit code that a shell would report.
fn exit_code(status: io::Result<ExitStatus>) -> u8 {
    let Ok(status) = status else { return 1 };
    #[cfg(unix)]
    if let Some(signal) = std::os::unix::process::ExitStatusExt::signal(&status) {
        return 128 + signal as u8;
    }
    status.code().map_or(1, |code| u8::try_from(code).unwrap_or(1))
}
