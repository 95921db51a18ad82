//! The two pipes between a worker and its host.
//!
//! They are not standard streams: a `sitecustomize`, a `.pth` file or a library may print before the first line of the
//! worker's program runs, and what it prints would be taken for a reply.

#[cfg(target_os = "linux")]
use rustix::{
    event::{PollFd, PollFlags, poll},
    io::retry_on_intr,
    process::{Pid, PidfdFlags, pidfd_open},
};
use std::io::{self, PipeReader, PipeWriter, Read, pipe};
#[cfg(target_os = "linux")]
use std::os::fd::OwnedFd;
use std::process::{Child, Command};

/// The host's ends.
#[derive(Debug)]
pub(super) struct Pipes {
    pub requests: PipeWriter,
    pub replies: PipeReader,
}

/// Makes the pipes and gives their other ends to the command, which `spawn` then starts. Those ends are closed in this
/// process when this returns, so that a worker that dies is noticed.
pub(super) fn with_pipes<T>(
    mut command: Command,
    spawn: impl FnOnce(&mut Command) -> io::Result<T>,
) -> io::Result<(T, Pipes)> {
    let ((their_requests, requests), (replies, their_replies)) = (pipe()?, pipe()?);
    hand_over(&mut command, their_requests, their_replies)?;
    let started = spawn(&mut command)?;
    Ok((started, Pipes { requests, replies }))
}

/// The worker finds the numbers of its ends in its arguments. Its standard output is our standard error.
#[cfg(unix)]
fn hand_over(command: &mut Command, requests: PipeReader, replies: PipeWriter) -> io::Result<()> {
    use rustix::io::{FdFlags, fcntl_setfd};
    use std::os::fd::{AsRawFd, OwnedFd};
    use std::os::unix::process::CommandExt;
    use std::process::Stdio;
    let ends = [OwnedFd::from(requests), OwnedFd::from(replies)];
    command
        .args(ends.each_ref().map(|end| end.as_raw_fd().to_string()))
        .stdin(Stdio::null())
        .stdout(Stdio::from(io::stderr()));
    // SAFETY: the closure makes two system calls, and neither allocates nor locks.
    unsafe {
        command.pre_exec(move || {
            for end in &ends {
                // Only in the child: no other process that we start gets them.
                fcntl_setfd(end, FdFlags::empty())?;
            }
            Ok(())
        });
    }
    Ok(())
}

/// Other systems hand over nothing but the standard streams.
#[cfg(not(unix))]
fn hand_over(command: &mut Command, requests: PipeReader, replies: PipeWriter) -> io::Result<()> {
    command.stdin(requests).stdout(replies);
    Ok(())
}

/// What a worker sends. It ends with the worker, even if processes that the worker started hold the pipe open.
pub(super) struct Replies {
    pub pipe: PipeReader,
    /// Becomes readable when the worker ends; `None` if the system has no such descriptor.
    #[cfg(target_os = "linux")]
    worker: Option<OwnedFd>,
}

impl Replies {
    pub fn of(pipe: PipeReader, child: &Child) -> Self {
        // Unused on other systems.
        let _ = child;
        Replies {
            pipe,
            #[cfg(target_os = "linux")]
            worker: pidfd_open(Pid::from_child(child), PidfdFlags::empty()).ok(),
        }
    }
}

impl Read for Replies {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        #[cfg(target_os = "linux")]
        if let Some(worker) = &self.worker {
            let mut both = [
                PollFd::new(&self.pipe, PollFlags::IN),
                PollFd::new(worker, PollFlags::IN),
            ];
            retry_on_intr(|| poll(&mut both, None))?;
            // What it sent before it ended comes first.
            if both[0].revents().is_empty() {
                return Ok(0);
            }
        }
        self.pipe.read(buffer)
    }
}
