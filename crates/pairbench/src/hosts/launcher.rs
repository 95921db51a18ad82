//! Launches fresh processes of this executable, each with limits; when one ends, so do all its descendants.

use super::ending::ended_unexpectedly;
use super::limits::{Bytes, Limits, memory_of};
use super::{Fault, environment};
use std::fs::File;
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

/// The exit code of a launch that could not write what it found, `EX_IOERR` of sysexits.h. Its output has the reason.
pub(crate) const UNWRITTEN: i32 = 74;

/// How much of a process's output is kept for a fault.
const TAIL: u64 = 4096;

/// Set once the user wants the run to end.
#[derive(Debug, Default)]
pub struct Stop(AtomicBool);

impl Stop {
    /// A flag that is not set.
    pub const fn new() -> Self {
        Stop(AtomicBool::new(false))
    }

    /// Asks the run to end.
    pub fn request(&self) {
        self.0.store(true, Ordering::SeqCst);
    }

    /// Whether the run is to end.
    pub fn requested(&self) -> bool {
        self.0.load(Ordering::SeqCst)
    }
}

/// How a launched process ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ended {
    /// By itself and successfully.
    Well,
    /// In a way that is a fault: a signal, an exit code, one of the limits.
    Badly(Fault),
    /// Because [`Stop`] was requested.
    Stopped,
}

/// A process that is running.
#[derive(Debug)]
pub struct Launched {
    child: Child,
    output: File,
    started: Instant,
    /// When it was last polled, and how long it had run by then.
    polled: Instant,
    ran: Duration,
    frozen: Duration,
    limits: Limits,
    /// When the memory was last checked, and what it was.
    weighed: Instant,
    memory: Bytes,
    heard: Option<Heard>,
}

/// A file that a process writes to, which shows whether it has fallen silent.
#[derive(Debug)]
struct Heard {
    file: PathBuf,
    length: u64,
    /// How long the process had run by then.
    at: Duration,
    /// How long it may be silent.
    limit: Duration,
}

impl Heard {
    /// Whether a process that has run for this long has been silent for too long.
    fn is_silent(&mut self, ran: Duration) -> bool {
        let length = std::fs::metadata(&self.file).map_or(0, |file| file.len());
        if length != self.length {
            (self.length, self.at) = (length, ran);
        }
        ran - self.at > self.limit
    }
}

/// A supervisor polls its launches a hundred times a second. If it takes this long, it was stopped and its launches
/// with it, as `docker pause` stops all processes of a container.
const STOPPED: Duration = Duration::from_secs(2);

/// Interval between two checks of the memory. A process can take gigabytes in a second; a check costs less than a tenth
/// of a millisecond.
const WEIGH_EVERY: Duration = Duration::from_millis(50);

/// Starts this executable with the arguments; its output goes to `output`. Its environment has the variables that reach
/// every launch, those named in `inherit`, and the additions.
///
/// # Errors
///
/// Those of starting a process.
pub fn launch(
    arguments: &[&str],
    output: &Path,
    limits: Limits,
    hash_seed: u32,
    inherit: &[String],
    additions: &[(&str, String)],
) -> std::io::Result<Launched> {
    File::create(output)?;
    let output = File::options().read(true).append(true).open(output)?;
    let mut command = Command::new(std::env::current_exe()?);
    environment::clean(&mut command, inherit);
    command
        .args(arguments)
        .env("PYTHONHASHSEED", hash_seed.to_string())
        .envs(additions.iter().cloned())
        .stdin(lifeline())
        .stdout(output.try_clone()?)
        .stderr(output.try_clone()?);
    // Its own process group: Ctrl-C reaches only the supervisor, and the group can be ended as a whole.
    #[cfg(unix)]
    std::os::unix::process::CommandExt::process_group(&mut command, 0);
    let child = command.spawn()?;
    let now = Instant::now();
    Ok(Launched {
        child,
        output,
        started: now,
        polled: now,
        ran: Duration::ZERO,
        frozen: Duration::ZERO,
        limits,
        weighed: now,
        memory: Bytes(0),
        heard: None,
    })
}

/// The standard input of a launched process: a pipe that closes when the supervisor ends, however that happens.
fn lifeline() -> Stdio {
    if cfg!(unix) { Stdio::piped() } else { Stdio::null() }
}

/// Called first in a launched process: ends it, and all that it started, as soon as the supervisor is gone. A
/// supervisor that was killed cannot end its launches any more, and a launch that hangs would stay for ever.
///
/// From then on the standard input is empty for any pair that reads it.
///
/// # Errors
///
/// When there is no `/dev/null`, or no thread can be started.
#[cfg(unix)]
pub fn end_with_supervisor() -> std::io::Result<()> {
    use rustix::process::{Signal, getpgrp, getpid, kill_process_group};
    use std::os::fd::AsFd;
    let mut lifeline = File::from(std::io::stdin().as_fd().try_clone_to_owned()?);
    rustix::stdio::dup2_stdin(File::open("/dev/null")?)?;
    std::thread::Builder::new()
        .name("lifeline".into())
        .spawn(move || {
            // Nothing is ever written; the read returns when the pipe closes.
            let _ = lifeline.read(&mut [0]);
            // A launch that was started by hand may share the group of a shell.
            if getpgrp() == getpid() {
                let _ = kill_process_group(getpgrp(), Signal::KILL);
            }
            std::process::exit(130);
        })?;
    Ok(())
}

/// A worker whose pipe closes ends by itself; see worker.py.
///
/// # Errors
///
/// None.
#[cfg(not(unix))]
pub fn end_with_supervisor() -> std::io::Result<()> {
    Ok(())
}

impl Launched {
    /// Also ends it when it has not written to this file for this long.
    pub(crate) fn heard_by(mut self, file: PathBuf, limit: Duration) -> Self {
        self.heard = Some(Heard {
            file,
            length: 0,
            at: self.ran,
            limit,
        });
        self
    }

    /// How it ended, if it has; ends it when it exceeds a limit or the run is to stop.
    pub(crate) fn poll(&mut self, stop: &Stop) -> Option<Ended> {
        let since = std::mem::replace(&mut self.polled, Instant::now());
        let passed = self.polled - since;
        match passed > STOPPED {
            true => self.frozen += passed,
            false => self.ran += passed,
        }
        match self.child.try_wait() {
            Ok(Some(status)) => {
                // What the process left behind (a pool, a worker in a loop) goes with it.
                end_group(&self.child);
                return Some(if status.success() {
                    Ended::Well
                } else {
                    Ended::Badly(self.died(status))
                });
            }
            Ok(None) => {}
            Err(error) => {
                self.end();
                let message = format!("cannot wait for a launch: {error}");
                return Some(Ended::Badly(Fault::Harness { message }));
            }
        }
        if stop.requested() {
            self.end();
            return Some(Ended::Stopped);
        }
        let fault = self.over_limit()?;
        self.end();
        Some(Ended::Badly(fault))
    }

    /// The limit that it has exceeded, if any.
    fn over_limit(&mut self) -> Option<Fault> {
        let Limits { time, output, memory } = self.limits;
        if self.ran > time {
            return Some(Fault::Hang {
                limit_s: time.as_secs(),
            });
        }
        if let Some(heard) = &mut self.heard
            && heard.is_silent(self.ran)
        {
            return Some(Fault::Hang {
                limit_s: heard.limit.as_secs(),
            });
        }
        if self.output.metadata().is_ok_and(|file| file.len() > output.0) {
            // Nobody reads more than the last lines, so the rest need not fill the disk.
            let _ = self.shorten_output();
            return Some(Fault::Floods { limit: output });
        }
        let limit = memory?;
        if self.weighed.elapsed() < WEIGH_EVERY {
            return None;
        }
        self.weighed = Instant::now();
        let used = memory_of(self.child.id(), limit)?;
        self.memory = used;
        (used > limit).then_some(Fault::Memory { limit, used })
    }

    fn shorten_output(&mut self) -> std::io::Result<()> {
        end_group(&self.child);
        let kept = tail(&mut self.output)?;
        self.output.set_len(0)?;
        self.output.write_all(kept.as_bytes())
    }

    /// Waits until it has ended, calling `tick` about ten times a second.
    pub fn wait(&mut self, stop: &Stop, mut tick: impl FnMut()) -> Ended {
        let mut next_tick = Instant::now();
        loop {
            if let Some(ended) = self.poll(stop) {
                return ended;
            }
            if Instant::now() >= next_tick {
                tick();
                next_tick = Instant::now() + Duration::from_millis(100);
            }
            // Short compared with a launch, and too rare to disturb it.
            std::thread::sleep(Duration::from_millis(10));
        }
    }

    /// The memory that its processes held at the last check; zero if there is no limit.
    pub fn memory(&self) -> Bytes {
        self.memory
    }

    /// How long all processes were frozen; limits do not count that time.
    pub(crate) fn frozen(&self) -> Duration {
        self.frozen
    }

    /// Time since the start.
    pub fn elapsed(&self) -> Duration {
        self.started.elapsed()
    }

    fn end(&mut self) {
        end_group(&self.child);
        let _ = self.child.kill();
        let _ = self.child.wait();
    }

    fn died(&mut self, status: ExitStatus) -> Fault {
        let output = self.tail();
        let why = match self.fill_a_block() {
            Err(error) => error.to_string(),
            // Its last line; what the pair and criterion printed comes before it.
            Ok(()) if status.code() == Some(UNWRITTEN) => {
                output.lines().next_back().unwrap_or_default().into()
            }
            Ok(()) => return ended_unexpectedly("the process", status, output),
        };
        let folder = std::env::temp_dir();
        Fault::Unwritten {
            message: format!("could not write its samples to {}: {why}", folder.display()),
        }
    }

    /// Fails if its output could not be written; a block is more than what is left of the last one.
    fn fill_a_block(&mut self) -> std::io::Result<()> {
        let end = self.output.seek(SeekFrom::End(0))?;
        let written = self.output.write_all(&[0; 4096]);
        // So that the end of the file is again what it wrote last.
        self.output.set_len(end)?;
        written
    }

    /// The last lines that the process wrote.
    pub(crate) fn tail(&mut self) -> String {
        tail(&mut self.output).unwrap_or_default()
    }
}

impl Drop for Launched {
    fn drop(&mut self) {
        if matches!(self.child.try_wait(), Ok(None)) {
            self.end();
        }
    }
}

/// The last lines of what a process wrote.
pub(crate) fn tail(file: &mut File) -> std::io::Result<String> {
    let length = file.metadata()?.len();
    file.seek(SeekFrom::Start(length.saturating_sub(TAIL)))?;
    let mut bytes = Vec::new();
    file.take(TAIL).read_to_end(&mut bytes)?;
    Ok(String::from_utf8_lossy(&bytes).trim().to_string())
}

/// Has the system kill the child when this process dies. A worker in an endless call does not notice that its pipe closes,
/// and when supervisor and launch are killed together, nothing else is left to end it.
#[cfg(target_os = "linux")]
pub(super) fn end_with_launch(command: &mut Command) {
    use rustix::process::{Signal, set_parent_process_death_signal};
    use std::os::unix::process::CommandExt;
    // SAFETY: the closure makes one system call, and neither allocates nor locks.
    unsafe {
        command.pre_exec(|| Ok(set_parent_process_death_signal(Some(Signal::KILL))?));
    }
}

#[cfg(not(target_os = "linux"))]
pub(super) fn end_with_launch(_command: &mut Command) {}

/// Ends a process that leads a group, and all of the group.
#[cfg(unix)]
pub(super) fn end_group(child: &Child) {
    use rustix::process::{Pid, Signal, kill_process_group};
    if let Some(group) = i32::try_from(child.id()).ok().and_then(Pid::from_raw) {
        let _ = kill_process_group(group, Signal::KILL);
    }
}

#[cfg(not(unix))]
pub(super) fn end_group(_child: &Child) {
    // A worker whose pipe closes ends by itself; see worker.py.
}
