//! Stops a worker from outside, and reads what it is doing.

use super::Fault;
use super::frames::Memory;
use super::worker::Worker;
use rustix::event::{PollFd, PollFlags, poll};
use rustix::process::{Pid, Signal, WaitId, WaitIdOptions, kill_process, waitid};
use std::fmt::Display;
use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt;

/// The memory of a process.
pub(super) struct Opened(File);

impl Opened {
    pub(super) fn of(process: u32) -> io::Result<Self> {
        File::open(format!("/proc/{process}/mem")).map(Opened)
    }
}

impl Memory for Opened {
    fn words(&self, address: u64, into: &mut [u64]) -> usize {
        let mut bytes = [0; 512];
        let wanted = &mut bytes[..into.len() * 8];
        let found = self.0.read_at(wanted, address).unwrap_or(0) / 8;
        for (word, bytes) in into.iter_mut().zip(wanted.chunks_exact(8)).take(found) {
            *word = u64::from_ne_bytes(bytes.try_into().expect("eight"));
        }
        found
    }
}

/// Where a thread of a stopped process is in machine code, below the interpreter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Counter {
    /// The address of the next machine instruction.
    pub address: u64,
    /// Whether the kernel is working for it or lets it wait.
    pub in_system_call: bool,
    /// Whether that is for a lock, such as the interpreter's.
    pub for_a_lock: bool,
}

impl Counter {
    /// Where a thread of a process is; `None` if that cannot be read.
    pub(super) fn of_thread(process: impl Display, thread: u32) -> Option<Self> {
        let line = std::fs::read_to_string(format!("/proc/{process}/task/{thread}/syscall"));
        Counter::of(&line.ok()?)
    }

    /// Reads `/proc/PID/syscall`: the number of the system call (−1 for none), its arguments, the stack pointer and the
    /// program counter.
    fn of(line: &str) -> Option<Self> {
        let mut words = line.split_whitespace();
        let number: libc::c_long = words.next()?.parse().ok()?;
        let address = words.next_back()?.strip_prefix("0x")?;
        Some(Counter {
            address: u64::from_str_radix(address, 16).ok()?,
            in_system_call: number >= 0,
            for_a_lock: number == libc::SYS_futex,
        })
    }
}

/// The worker's process, to be stopped and looked into.
pub(super) struct Process {
    id: Pid,
    pub(super) memory: Opened,
    /// `None` if the system does not have it.
    counter: Option<File>,
}

impl Process {
    pub(super) fn of(worker: &Worker<'_>) -> Result<Self, Fault> {
        let id = worker.process();
        let memory = Opened::of(id).map_err(|error| Fault::Harness {
            message: format!(
                "profiles need to read the memory of the interpreter, and /proc/{id}/mem cannot be opened: {error}. {}",
                rights(1)
            ),
        })?;
        Ok(Process {
            id: Pid::from_raw(id as i32).expect("no process has the number 0"),
            memory,
            counter: File::open(format!("/proc/{id}/syscall")).ok(),
        })
    }

    /// Where its main thread is; `None` if that cannot be read.
    pub(super) fn counter(&self) -> Option<Counter> {
        let mut line = [0; 256];
        let length = self.counter.as_ref()?.read_at(&mut line, 0).ok()?;
        Counter::of(std::str::from_utf8(&line[..length]).ok()?)
    }

    /// Where another thread of it is.
    pub(super) fn counter_of(&self, thread: u32) -> Option<Counter> {
        Counter::of_thread(self.id, thread)
    }

    /// Stops it; returns whether it still exists.
    pub(super) fn stop(&self) -> Result<bool, Fault> {
        kill_process(self.id, Signal::STOP).map_err(lost)?;
        self.wait_for_stop()
    }

    /// Waits until it is stopped; returns whether it still exists.
    fn wait_for_stop(&self) -> Result<bool, Fault> {
        self.state(WaitIdOptions::empty())
            .map(|stopped| stopped == Some(true))
    }

    /// Waits until it has stopped itself; checks for a reply at this interval: a worker that replies could not stop.
    pub(super) fn has_stopped(&self, worker: &Worker<'_>, nanoseconds: i64) -> Result<bool, Fault> {
        loop {
            match self.state(WaitIdOptions::NOHANG)? {
                Some(stopped) => return Ok(stopped),
                None if worker.has_replied(nanoseconds) => return Ok(false),
                None => {}
            }
        }
    }

    /// Whether it has stopped (or else ended); `None` if it has done neither. Its end is left for others to wait for.
    fn state(&self, options: WaitIdOptions) -> Result<Option<bool>, Fault> {
        let either = WaitIdOptions::STOPPED | WaitIdOptions::EXITED | WaitIdOptions::NOWAIT;
        loop {
            match waitid(WaitId::Pid(self.id), either | options) {
                Ok(Some(status)) if status.stopped() => break,
                Ok(Some(_)) => return Ok(Some(false)),
                Ok(None) => return Ok(None),
                Err(rustix::io::Errno::INTR) => {}
                Err(error) => return Err(lost(error)),
            }
        }
        let heard = WaitIdOptions::STOPPED | WaitIdOptions::NOHANG;
        waitid(WaitId::Pid(self.id), heard).map_err(lost)?;
        Ok(Some(true))
    }

    pub(super) fn go_on(&self) -> Result<(), Fault> {
        kill_process(self.id, Signal::CONT).map_err(lost)
    }
}

/// What allows one process to look into another: Yama's scope is 1 for a child, 0 for any process of the same user.
pub(super) fn rights(scope: u8) -> String {
    format!(
        "Where a container forbids it, --cap-add=SYS_PTRACE allows it; elsewhere sysctl kernel.yama.ptrace_scope={scope}"
    )
}

fn lost(error: rustix::io::Errno) -> Fault {
    Fault::Harness {
        message: format!("the Python process cannot be stopped: {}", io::Error::from(error)),
    }
}

impl Worker<'_> {
    /// Whether the reply is there, after waiting at most this many nanoseconds.
    pub(super) fn has_replied(&self, nanoseconds: i64) -> bool {
        let wait = rustix::event::Timespec {
            tv_sec: 0,
            tv_nsec: nanoseconds,
        };
        let mut pipe = [PollFd::new(self.pipe(), PollFlags::IN)];
        matches!(poll(&mut pipe, Some(&wait)), Ok(1..))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_counter_is_the_last_word_of_the_line() {
        let at = |line| Counter::of(line).map(|counter| (counter.address, counter.in_system_call));
        assert_eq!(at("-1 0x7ffd8 0x55d0\n"), Some((0x55d0, false)));
        assert_eq!(
            at("7 0x0 0x1 0x2 0x3 0x4 0x5 0x7ffd8 0x7f00\n"),
            Some((0x7f00, true))
        );
        assert_eq!((at("running\n"), at("")), (None, None));
    }
}
