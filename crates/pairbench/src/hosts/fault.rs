//! What can go wrong in code that is being measured.

use super::limits::Bytes;
use serde::{Deserialize, Serialize};
use std::fmt;

/// Why a variant gave no answer or no time. `Display` is one line; [`details`](Fault::details) is the rest.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Fault {
    /// Python raised.
    Exception {
        /// The exception's type.
        name: String,
        /// `str()` of it.
        message: String,
        /// The whole traceback.
        traceback: String,
    },
    /// Python called `sys.exit` or raised `SystemExit`.
    Exit {
        /// What it would have exited with.
        code: String,
        /// The whole traceback.
        traceback: String,
    },
    /// Rust panicked.
    Panic {
        /// The panic's message and place.
        message: String,
    },
    /// The process ended unexpectedly: a signal, `os._exit`, `abort`.
    Died {
        /// Which process, and how it ended.
        how: String,
        /// The last lines that it wrote.
        output: String,
    },
    /// The process was still busy when the time limit was over, and was killed.
    Hang {
        /// The limit in seconds.
        limit_s: u64,
    },
    /// The process was killed from outside: by a user, or by the system when memory ran out. Not the pair's fault, as far
    /// as is known.
    Killed {
        /// Which process, and how it ended.
        how: String,
        /// The last lines that it wrote.
        output: String,
    },
    /// A launch could not write its measurements: the temporary folder is full or was deleted.
    #[serde(rename = "untold")]
    Unwritten {
        /// Where it could not write, and why.
        message: String,
    },
    /// The process printed more than it may, and was ended.
    Floods {
        /// How much it may print.
        limit: Bytes,
    },
    /// The processes took more memory than they may, and were ended.
    Memory {
        /// How much they may take.
        limit: Bytes,
        /// What they held when that was noticed.
        used: Bytes,
    },
    /// The answer cannot be compared: it is not made of plain values.
    Answer {
        /// What it is instead.
        message: String,
    },
    /// The Python file and the Rust file do not fit: a function is missing or undeclared, or the file does not load.
    Declaration {
        /// What does not fit.
        message: String,
        /// A traceback, if there is one.
        traceback: String,
    },
    /// A server did not start, or did not answer a request.
    Server {
        /// Which request, and what came instead.
        message: String,
    },
    /// The answer differs from the baseline's.
    Disagrees {
        /// Where the first difference is, and both values there.
        message: String,
        /// Both answers if they are short, otherwise what is around that place, in the input too.
        answers: String,
        /// Whether two floats differ there.
        #[serde(default)]
        floats: bool,
    },
    /// The same variant gave two answers on one input: in a second call, or with another hash seed.
    Wavers {
        /// When, where the first difference is, and both values there.
        message: String,
        /// Both answers, as for [`Fault::Disagrees`].
        answers: String,
    },
    /// The call changed its input.
    Mutates {
        /// Where, with the value before and after.
        message: String,
    },
    /// The harness itself failed: a process that does not start, a pipe that breaks.
    Harness {
        /// What failed.
        message: String,
    },
}

impl Fault {
    /// Whether something other than the code being measured is to blame, so that it deserves another try.
    pub fn from_outside(&self) -> bool {
        matches!(self, Fault::Killed { .. } | Fault::Unwritten { .. })
    }

    /// What follows the first line: a traceback, both answers, the last output. May be empty.
    pub fn details(&self) -> &str {
        match self {
            Fault::Exception { traceback, .. }
            | Fault::Exit { traceback, .. }
            | Fault::Declaration { traceback, .. } => traceback,
            Fault::Died { output, .. } | Fault::Killed { output, .. } => output,
            Fault::Disagrees { answers, .. } | Fault::Wavers { answers, .. } => answers,
            Fault::Panic { .. }
            | Fault::Hang { .. }
            | Fault::Unwritten { .. }
            | Fault::Floods { .. }
            | Fault::Memory { .. }
            | Fault::Answer { .. }
            | Fault::Server { .. }
            | Fault::Mutates { .. }
            | Fault::Harness { .. } => "",
        }
    }

    /// What the author of the pair can do next.
    pub(crate) fn next_step(&self) -> &'static str {
        match self {
            Fault::Exception { .. } => {
                "correct what the traceback names, or leave out inputs on which raising is right"
            }
            Fault::Exit { .. } => "return instead of leaving the interpreter",
            Fault::Panic { .. } => "fix the Rust side; the message names the line",
            Fault::Died { .. } => "run the variant alone with --variants; the last output is shown",
            Fault::Hang { .. } => "raise the limit with --timeout, or choose a smaller case",
            Fault::Killed { .. } => {
                "find out what killed it: the system's log lists processes that were killed when memory ran out"
            }
            Fault::Unwritten { .. } => "free some space there, or name another folder by TMPDIR",
            Fault::Floods { .. } => "print less, or raise the limit with --output-limit",
            Fault::Memory { .. } => "choose a smaller case, or raise the limit with --memory-limit",
            Fault::Answer { .. } => {
                "return plain values: bool, int, float, str, bytes, None, and lists, tuples and dicts of them"
            }
            Fault::Server { .. } => "correct the server; with --verbose the output of the processes is shown",
            Fault::Declaration { traceback, .. } if !traceback.is_empty() => {
                "fix the Python side; the error names the line"
            }
            Fault::Declaration { .. } => {
                "make the functions, the inputs and the declaration of the pair match"
            }
            Fault::Disagrees { floats: true, .. } => {
                "fix the side that is wrong, or declare a tolerance if only rounding differs"
            }
            Fault::Disagrees { .. } => "fix the side that is wrong",
            Fault::Wavers { .. } => {
                "make the answer depend on the input alone: sort what comes from a set, decide between equals, keep \
                 nothing between calls"
            }
            Fault::Mutates { .. } => "work on a copy inside the function: every call must get the same input",
            Fault::Harness { .. } => {
                "see the message; run again with --verbose for the output of the processes"
            }
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Fault::Exception { name, message, .. } if message.is_empty() => write!(f, "raised {name}"),
            Fault::Exception { name, message, .. } => {
                write!(f, "raised {name}: {}", message.lines().next().unwrap_or_default())
            }
            Fault::Exit { code, .. } => write!(f, "called sys.exit({code})"),
            Fault::Panic { message } => write!(f, "panicked: {message}"),
            Fault::Died { how, .. } | Fault::Killed { how, .. } => f.write_str(how),
            Fault::Floods { limit } => write!(f, "printed more than {limit} and was stopped"),
            Fault::Memory { limit, used } => {
                write!(
                    f,
                    "took {used} of memory, more than the {limit} allowed, and was stopped"
                )
            }
            Fault::Hang { limit_s } => write!(f, "was still running after {limit_s} s and was stopped"),
            Fault::Unwritten { message }
            | Fault::Answer { message }
            | Fault::Server { message }
            | Fault::Declaration { message, .. }
            | Fault::Harness { message } => f.write_str(message),
            Fault::Disagrees { message, .. } => write!(f, "disagrees with the baseline: {message}"),
            Fault::Wavers { message, .. } => write!(f, "is not deterministic: {message}"),
            Fault::Mutates { message } => write!(f, "changed its input: {message}"),
        }
    }
}

impl std::error::Error for Fault {}
