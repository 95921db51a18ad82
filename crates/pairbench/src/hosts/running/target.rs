//! A Python process that somebody else started: what it is, whether it may be read, and its threads.

use crate::hosts::frames::Memory;
use crate::hosts::stopped::{Counter, Opened, rights};
use crate::hosts::symbols::{FileIdentity, Symbols};
use rustix::process::{Pid, WaitId, WaitIdOptions, geteuid, waitid};
use std::ffi::c_void;
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// How much of a command line is shown.
const SHOWN: usize = 60;

/// The variables to start from: the state of the runtime, and the type of code objects.
pub(super) const VARIABLES: [&str; 2] = ["_PyRuntime", "PyCode_Type"];

/// The process.
pub(crate) struct Target {
    pub(super) id: u32,
    pub(super) memory: Opened,
    /// The addresses of these variables.
    pub(super) runtime: u64,
    pub(super) code_type: u64,
    /// What holds them: the executable or a library.
    pub(super) interpreter: FileIdentity,
    executable: PathBuf,
}

impl Target {
    /// Looks at a process.
    ///
    /// # Errors
    ///
    /// Why it cannot be sampled: it does not exist, is not CPython, or may not be read.
    pub(crate) fn find(id: u32) -> Result<Self, String> {
        let folder = PathBuf::from(format!("/proc/{id}"));
        let Ok(about) = folder.metadata() else {
            return Err(format!("there is no process {id}"));
        };
        let executable = match folder.join("exe").read_link() {
            Ok(executable) => executable,
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                return Err(format!(
                    "process {id} is not CPython: it has ended, or is a part of the kernel"
                ));
            }
            Err(error) => return Err(denied(id, about.uid(), &error)),
        };
        let memory = Opened::of(id).map_err(|error| denied(id, about.uid(), &error))?;
        let symbols = Symbols::of(id);
        let found = symbols.addresses_of(VARIABLES);
        let Some((interpreter, [runtime, code_type])) = found else {
            let deleted = symbols.deleted().find(|path| is_python(path));
            return Err(match deleted {
                Some(path) => replaced(id, &path),
                None if is_elsewhere(id) => {
                    format!("process {id} sees other files, as in a container; run this inside it")
                }
                None => format!(
                    "process {id} is not CPython 3.8 or newer: it runs {}",
                    executable.display()
                ),
            });
        };
        Ok(Target {
            id,
            memory,
            runtime,
            code_type,
            interpreter,
            executable,
        })
    }

    /// Its number and shortened command line.
    pub(crate) fn name(&self) -> String {
        let line = std::fs::read(format!("/proc/{}/cmdline", self.id)).unwrap_or_default();
        let line = String::from_utf8_lossy(&line).replace('\0', " ");
        let mut words: Vec<&str> = line.split_whitespace().collect();
        if let Some(program) = words.first_mut() {
            *program = program.rsplit('/').next().unwrap_or(program);
        }
        let line = words.join(" ");
        let mut shown: String = line.chars().take(SHOWN).collect();
        if shown.len() < line.len() {
            shown.push('…');
        }
        format!("process {} ({shown})", self.id)
    }

    /// The interpreter whose executable it runs.
    ///
    /// # Errors
    ///
    /// If the interpreter is part of another program.
    pub(crate) fn executable(&self) -> Result<&Path, String> {
        match is_python(&self.executable) {
            true => Ok(&self.executable),
            false => Err(format!(
                "process {} runs {} with {} inside: name an interpreter of the same file with --interpreter",
                self.id,
                self.executable.display(),
                self.interpreter.path.display()
            )),
        }
    }

    /// Whether another process runs the same interpreter.
    pub(super) fn is_alike(&self, other: &FileIdentity) -> Result<(), String> {
        match self.interpreter.is_same(other) {
            true => Ok(()),
            false => Err(format!(
                "process {} runs {}, but the interpreter to compare it with runs {}: name the one that the process runs with --interpreter",
                self.id,
                self.interpreter.path.display(),
                other.path.display()
            )),
        }
    }

    /// Whether it still runs the same program.
    pub(super) fn is_there(&self) -> bool {
        self.memory.word(self.runtime).is_some()
    }

    /// The numbers of its threads; none once it has ended.
    pub(super) fn tasks(&self) -> Vec<u32> {
        let folder = std::fs::read_dir(format!("/proc/{}/task", self.id));
        let names = folder.into_iter().flatten().flatten();
        names
            .filter_map(|entry| entry.file_name().to_str()?.parse().ok())
            .collect()
    }

    /// CPU time of all its threads until now; `None` once it has ended.
    pub(super) fn cpu(&self) -> Option<Duration> {
        let ticks = |field: usize| self.field("", field)?.parse::<u64>().ok();
        let ticks = ticks(11)? + ticks(12)?;
        let each = 1.0 / rustix::param::clock_ticks_per_second() as f64;
        Some(Duration::from_secs_f64(ticks as f64 * each))
    }

    /// Whether a thread works or waits for a processor; otherwise the kernel lets it wait. One that a debugger has
    /// stopped counts as well, since its state is not known.
    pub(super) fn computes(&self, thread: u32) -> bool {
        self.state(thread)
            .is_some_and(|state| state == "R" || state == "t")
    }

    /// The letter for what a thread does; `None` once it has ended.
    fn state(&self, thread: u32) -> Option<String> {
        self.field(&format!("task/{thread}/"), 0)
    }

    /// A field of `stat` after the name, which may hold anything.
    fn field(&self, folder: &str, at: usize) -> Option<String> {
        let line = std::fs::read_to_string(format!("/proc/{}/{folder}stat", self.id)).ok()?;
        let (_, rest) = line.rsplit_once(')')?;
        rest.split_whitespace().nth(at).map(Into::into)
    }

    /// Where a stopped thread is; `None` if that cannot be read.
    pub(super) fn counter(&self, thread: u32) -> Option<Counter> {
        Counter::of_thread(self.id, thread)
    }

    /// Stops a thread until the result is dropped; `None` for one that has ended.
    ///
    /// A signal would be simpler, but others would see it: a shell that waits for the process takes it for suspended.
    ///
    /// # Errors
    ///
    /// Why it may not be stopped.
    pub(super) fn stop(&self, thread: u32) -> Result<Option<Stopped>, String> {
        let number = thread as libc::pid_t;
        if let Err(error) = trace(i64::from(libc::PTRACE_SEIZE), number, 0) {
            return match self.state(thread).as_deref() {
                None | Some("Z" | "X") => Ok(None),
                Some(_) => Err(self.refused(thread, &error)),
            };
        }
        // It may end at any time. Then there is nothing to continue.
        let _ = trace(i64::from(libc::PTRACE_INTERRUPT), number, 0);
        Ok(wait_for_stop(number))
    }

    fn refused(&self, thread: u32, error: &io::Error) -> String {
        let status = std::fs::read_to_string(format!("/proc/{}/task/{thread}/status", self.id));
        let status = status.unwrap_or_default();
        let tracer = status.lines().find_map(|line| line.strip_prefix("TracerPid:"));
        match tracer.map(str::trim) {
            Some(tracer) if tracer != "0" => format!(
                "process {} is traced by process {tracer} already, as debuggers do; end that first",
                self.id
            ),
            _ => format!("process {} may not be stopped: {error}. {}", self.id, rights(0)),
        }
    }
}

/// A thread that is stopped. It continues when this is dropped or this process ends.
#[derive(Debug)]
pub(super) struct Stopped {
    thread: libc::pid_t,
    /// The signal that it was about to be sent, and gets when it continues.
    signal: i32,
}

impl Drop for Stopped {
    fn drop(&mut self) {
        // Fails only if it was killed meanwhile.
        let _ = trace(i64::from(libc::PTRACE_DETACH), self.thread, self.signal);
    }
}

/// Waits until a thread that was interrupted has stopped, or has ended.
fn wait_for_stop(thread: libc::pid_t) -> Option<Stopped> {
    let options = WaitIdOptions::STOPPED | WaitIdOptions::EXITED;
    let options = options | WaitIdOptions::from_bits_retain(libc::__WALL as u32);
    let id = WaitId::Pid(Pid::from_raw(thread)?);
    loop {
        match waitid(id.clone(), options) {
            Ok(Some(status)) => {
                // The number of a signal, and above it that of an event: the interruption is an event, a signal is not.
                let number = status.trapping_signal()?;
                let signal = if number >> 8 == 0 { number } else { 0 };
                return Some(Stopped { thread, signal });
            }
            Err(rustix::io::Errno::INTR) => {}
            Ok(None) | Err(_) => return None,
        }
    }
}

/// `rustix` has no `ptrace`, and `nix` knows no real-time signals, which have to be passed on as well.
fn trace(request: i64, thread: libc::pid_t, signal: i32) -> io::Result<()> {
    let none = std::ptr::null_mut::<c_void>();
    let signal = std::ptr::without_provenance_mut::<c_void>(signal as usize);
    // SAFETY: these requests read and write no memory of this process.
    match unsafe { libc::ptrace(request as _, thread, none, signal) } {
        -1 => Err(io::Error::last_os_error()),
        _ => Ok(()),
    }
}

fn is_python(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    name.starts_with("python") || name.starts_with("libpython")
}

/// Whether it sees other files than this process, so that its paths lead to another file or none.
fn is_elsewhere(id: u32) -> bool {
    let of = |process: &str| std::fs::read_link(format!("/proc/{process}/ns/mnt")).ok();
    of(&id.to_string()) != of("self")
}

fn replaced(id: u32, path: &Path) -> String {
    format!(
        "{} was deleted or replaced since process {id} started, so nothing can be learned from it; restart the process",
        path.display()
    )
}

/// It belongs to somebody else, or the system forbids it.
fn denied(id: u32, owner: u32, error: &io::Error) -> String {
    let own = geteuid().as_raw();
    let what = format!("process {id} cannot be read: {error}");
    if owner == own || own == 0 {
        return format!("{what}. {}, or run this as root", rights(0));
    }
    let users = std::fs::read_to_string("/etc/passwd").unwrap_or_default();
    let name = users.lines().find_map(|line| {
        let mut fields = line.split(':');
        let name = fields.next()?;
        (fields.nth(1)?.parse() == Ok(owner)).then(|| name.to_string())
    });
    let name = name.unwrap_or_else(|| format!("number {owner}"));
    let or_root = if owner == 0 { "" } else { " or as root" };
    format!("{what}. It belongs to user {name}: run this as {name}{or_root}")
}
