//! Fresh processes of this executable, each with a time limit, each with all its descendants ended when it is over.

use super::Fault;
use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

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
    /// By itself and well.
    Well,
    /// In a way that is a fault: a signal, an exit code, the time limit.
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
    limit: Duration,
}

/// Starts this executable with the arguments; its output goes to `output`.
///
/// # Errors
///
/// Those of starting a process.
pub fn launch(
    arguments: &[&str],
    output: &Path,
    limit: Duration,
    hash_seed: u32,
) -> std::io::Result<Launched> {
    let output = File::options()
        .read(true)
        .write(true)
        .create(true)
        .truncate(true)
        .open(output)?;
    let mut command = Command::new(std::env::current_exe()?);
    command
        .args(arguments)
        .env("PYTHONHASHSEED", hash_seed.to_string())
        .stdin(lifeline())
        .stdout(output.try_clone()?)
        .stderr(output.try_clone()?);
    // A group of its own: Ctrl-C reaches the supervisor alone, and the group can be ended as a whole.
    #[cfg(unix)]
    std::os::unix::process::CommandExt::process_group(&mut command, 0);
    Ok(Launched {
        child: command.spawn()?,
        output,
        started: Instant::now(),
        limit,
    })
}

/// What a launched process has on its standard input: a pipe that ends with the supervisor, however that ends.
fn lifeline() -> Stdio {
    if cfg!(unix) { Stdio::piped() } else { Stdio::null() }
}

/// Called first in a launched process: ends it, and all that it started, as soon as the supervisor is gone. A
/// supervisor that is killed can do nothing about its launches any more, and one that hangs would stay for ever.
///
/// The standard input is empty from then on, whatever a pair reads from it.
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
            // Nothing is ever written; the end of the pipe is the news.
            let _ = lifeline.read(&mut [0]);
            // Started by hand it may share the group of a shell.
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
    /// Whether it has ended; ends it when its limit is over or the run is to stop.
    pub fn poll(&mut self, stop: &Stop) -> Option<Ended> {
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
        if self.started.elapsed() > self.limit {
            self.end();
            return Some(Ended::Badly(Fault::Hang {
                limit_s: self.limit.as_secs(),
            }));
        }
        None
    }

    /// Waits until it has ended, calling `tick` about ten times a second.
    pub fn wait(mut self, stop: &Stop, mut tick: impl FnMut()) -> Ended {
        let mut next_tick = Instant::now();
        loop {
            if let Some(ended) = self.poll(stop) {
                return ended;
            }
            if Instant::now() >= next_tick {
                tick();
                next_tick = Instant::now() + Duration::from_millis(100);
            }
            // Short against a launch, and too rare to disturb it.
            std::thread::sleep(Duration::from_millis(10));
        }
    }

    /// Seconds since the start.
    pub fn elapsed(&self) -> Duration {
        self.started.elapsed()
    }

    fn end(&mut self) {
        end_group(&self.child);
        let _ = self.child.kill();
        let _ = self.child.wait();
    }

    fn died(&mut self, status: ExitStatus) -> Fault {
        Fault::Died {
            how: format!("the process {}", describe_exit(status)),
            output: self.tail(),
        }
    }

    /// The last lines that the process wrote.
    pub fn tail(&mut self) -> String {
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

fn tail(file: &mut File) -> std::io::Result<String> {
    let length = file.metadata()?.len();
    file.seek(SeekFrom::Start(length.saturating_sub(TAIL)))?;
    let mut bytes = Vec::new();
    file.take(TAIL).read_to_end(&mut bytes)?;
    Ok(String::from_utf8_lossy(&bytes).trim().to_string())
}

#[cfg(unix)]
fn end_group(child: &Child) {
    use rustix::process::{Pid, Signal, kill_process_group};
    if let Some(group) = i32::try_from(child.id()).ok().and_then(Pid::from_raw) {
        let _ = kill_process_group(group, Signal::KILL);
    }
}

#[cfg(not(unix))]
fn end_group(_child: &Child) {
    // A worker whose pipe closes ends by itself; see worker.py.
}

/// How a process ended, in words that follow its name.
pub fn describe_exit(status: ExitStatus) -> String {
    #[cfg(unix)]
    if let Some(signal) = std::os::unix::process::ExitStatusExt::signal(&status) {
        let name = match signal {
            4 => " (SIGILL)",
            6 => " (SIGABRT: abort)",
            7 => " (SIGBUS)",
            8 => " (SIGFPE)",
            9 => " (SIGKILL: out of memory?)",
            11 => " (SIGSEGV: segmentation fault)",
            15 => " (SIGTERM)",
            _ => "",
        };
        return format!("was ended by signal {signal}{name}");
    }
    match status.code() {
        Some(code) => format!("ended with exit code {code}"),
        None => "ended".into(),
    }
}
