//! How a process ended, in words.

use super::Fault;
use std::process::ExitStatus;

/// The fault of a process that we did not end: it was killed from outside, or ended by itself.
pub(crate) fn ended_unexpectedly(who: &str, status: ExitStatus, output: String) -> Fault {
    let mut how = format!("{who} {}", describe_exit(status));
    // The text of Rust's own handler; a signal alone does not show the cause.
    if output.contains("has overflowed its stack") {
        how = format!(
            "{who} overflowed its stack in Rust, and {}",
            describe_exit(status)
        );
    }
    if output.contains("memory allocation of") && output.contains("bytes failed") {
        how = format!(
            "{who} got no memory for an allocation in Rust, and {}",
            describe_exit(status)
        );
    }
    if killed(status) {
        Fault::Killed { how, output }
    } else {
        Fault::Died { how, output }
    }
}

/// Whether it ended by a signal that hardly any program sends to itself.
fn killed(status: ExitStatus) -> bool {
    #[cfg(unix)]
    return matches!(
        std::os::unix::process::ExitStatusExt::signal(&status),
        Some(9 | 15)
    );
    #[cfg(not(unix))]
    return {
        let _ = status;
        false
    };
}

/// How a process ended, in words that follow its name.
pub(crate) fn describe_exit(status: ExitStatus) -> String {
    #[cfg(unix)]
    if let Some(signal) = std::os::unix::process::ExitStatusExt::signal(&status) {
        let name = match signal {
            4 => " (SIGILL)",
            6 => " (SIGABRT: abort)",
            7 => " (SIGBUS)",
            8 => " (SIGFPE)",
            9 => " (SIGKILL: by a user, or by the system when memory ran out)",
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
