//! The messages between the harness and `worker.py`: a pickle each way, in frames on a pipe.
//!
//! A frame is the length of the pickle, the complement of that, and the pickle. Code of a pair can reach the pipe if it
//! writes to descriptors that are not its own; what it writes there is not a frame, and is noticed at once instead of
//! being waited on.

use super::Fault;
use super::frames::Facts;
use crate::registry::pickle;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_bytes::{ByteBuf, Bytes};
use std::io::{self, Read, Write};

/// Version of the messages; `load` answers with the other side's.
pub(super) const PROTOCOL: u32 = 5;

/// Larger frames are treated as noise on the pipe.
const LARGEST: usize = 1 << 30;

#[derive(Debug, Serialize)]
#[serde(tag = "op", rename_all = "snake_case")]
pub(super) enum Request<'a> {
    Load {
        root: &'a str,
        module: &'a str,
        file: &'a str,
        extension_dir: Option<&'a str>,
        /// Folders that come before the interpreter's own packages.
        made: &'a [String],
        /// The modules that some variants need.
        requires: &'a [String],
        /// The modules that the baseline, and so the whole pair, needs.
        needs: &'a [String],
        /// The program that watches for deprecations, if any.
        watch: Option<&'a str>,
    },
    Deprecations,
    Missing {
        modules: &'a [String],
    },
    Versions,
    Altered,
    Open {
        variant: &'a str,
        input: &'a Bytes,
        /// How the input becomes calls.
        form: &'a str,
    },
    Settle,
    Call {
        handle: u64,
    },
    Time {
        handle: u64,
        calls: u64,
    },
    Collect {
        handle: u64,
        calls: u64,
    },
    StartCounting,
    Count {
        handle: u64,
        calls: u64,
    },
    CountRust {
        pair: &'a str,
        variant: &'a str,
        size: u64,
        seed: u64,
        calls: u64,
    },
    Learn {
        program: &'a str,
    },
    Places,
    Stand,
    Repeat {
        handle: u64,
        seconds: f64,
    },
    Names {
        codes: &'a [u64],
    },
    StartDig {
        program: &'a str,
    },
    Attempt {
        variant: &'a str,
        input: &'a Bytes,
        form: &'a str,
        /// Seconds after which it is given up.
        limit: f64,
        /// Whether to watch which lines it reaches even if that costs time.
        watched: bool,
    },
    /// Becomes a server, and replies only if that fails.
    Serve {
        variant: &'a str,
        port: u16,
        settings: &'a str,
    },
    Consult {
        function: &'a str,
        argument: &'a str,
    },
    Close {
        handle: u64,
    },
}

#[derive(Debug, Deserialize)]
pub(super) struct Opened {
    pub handle: u64,
    pub setup_ns: u64,
}

#[derive(Debug, Deserialize)]
pub(super) struct Called {
    pub ns: u64,
    pub output: ByteBuf,
    pub input: ByteBuf,
}

/// The outcome of a call on an input that a dig made: one of the first six fields.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub(crate) struct Attempted {
    /// The answer, as a pickle.
    pub output: Option<ByteBuf>,
    /// Type and text of an exception.
    pub raised: Option<(String, String)>,
    /// The text of a panic in an extension module.
    pub panic: Option<String>,
    /// How it changed its input.
    pub changed: Option<String>,
    /// Why its answer is not a plain value.
    pub odd: Option<String>,
    /// Why the call was not made or not finished.
    pub gives_up: Option<String>,
    /// How long the call took.
    pub ns: u64,
    /// Whether it reached lines of the Python side that nothing had reached before.
    pub new: bool,
    /// How many lines were reached so far, and how many the functions have that were called.
    pub lines: (u64, u64),
}

/// Calls during which the garbage collector was watched.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct Watched {
    /// Nanoseconds that the calls took.
    pub ns: u64,
    /// Collections during them, over all generations; `None` if the interpreter does not report it.
    pub collections: Option<u64>,
    /// Nanoseconds that these took.
    pub collecting_ns: Option<u64>,
}

/// What one call requested from the allocators.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct Counted {
    /// Blocks allocated, zeroed or not.
    pub allocations: u64,
    /// Blocks made larger or smaller.
    pub reallocations: u64,
    /// Bytes of all of these requests; a resize counts with the whole new size.
    pub bytes: u64,
    /// Most bytes held at one time, above what was held before the call.
    pub peak: u64,
}

/// A deprecation warning, as it was raised.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Raised {
    /// Its class, like `DeprecationWarning`.
    pub category: String,
    /// Its text.
    pub message: String,
    /// The file that raised it: its path from the folder of the pairs on, or as a library's file is imported.
    pub file: String,
    /// The line there, from 1; 0 if it has none.
    pub line: u32,
    /// The text of that line; empty if it is not known.
    pub source: String,
    /// The variant that was set up or called; empty while the pair's file was imported.
    pub variant: String,
}

/// Which required modules an interpreter does not have, and the versions of those it has.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct Modules {
    /// Name and reason of each module that cannot be imported.
    pub missing: Vec<(String, String)>,
    /// Name and version of the others.
    pub versions: Vec<(String, String)>,
    /// Compiled modules of their packages that are Rust and were built with debug assertions.
    pub debug: Vec<String>,
}

/// Whose code a frame runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Owner {
    /// The pair's, or a library's.
    Pair,
    /// A part of the function below it.
    Inlined,
    /// The loop that calls the pair.
    Loop,
    /// Other code of the harness.
    Harness,
}

/// The worker's description of a code object.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct CodeName {
    pub owner: Owner,
    pub name: String,
    pub line: u32,
    /// Where its frame points while it calls a Python function without C in between, in bytes from the start of its
    /// bytecode.
    #[serde(default)]
    pub calls: Vec<u64>,
}

#[derive(Deserialize)]
struct Reply<T> {
    ok: Option<T>,
    fault: Option<Fault>,
}

pub(super) fn encode(request: &Request<'_>) -> Vec<u8> {
    serde_pickle::to_vec(request, serde_pickle::SerOptions::new()).expect("requests are plain values")
}

pub(super) fn decode<T: DeserializeOwned>(message: &[u8]) -> Result<T, Fault> {
    decode_within(message, pickle::HEAVIEST)
}

fn decode_within<T: DeserializeOwned>(message: &[u8], heaviest: u64) -> Result<T, Fault> {
    let broken = |what: String| Fault::Harness {
        message: format!("the worker's reply makes no sense: {what}"),
    };
    pickle::check_within(message, heaviest).map_err(|why| broken(format!("the pickle {why}")))?;
    let options = serde_pickle::DeOptions::new();
    let reply: Reply<T> =
        serde_pickle::from_slice(message, options).map_err(|error| broken(error.to_string()))?;
    match reply {
        Reply {
            fault: Some(fault), ..
        } => Err(fault),
        Reply { ok: Some(ok), .. } => Ok(ok),
        Reply { .. } => Err(broken("neither result nor fault".into())),
    }
}

pub(super) fn write_frame(pipe: &mut impl Write, message: &[u8]) -> io::Result<()> {
    let length = u32::try_from(message.len()).map_err(|_| io::Error::other("an input of more than 4 GB"))?;
    pipe.write_all(&head(length))?;
    pipe.write_all(message)?;
    pipe.flush()
}

fn head(length: u32) -> [u8; 8] {
    (u64::from(length) | u64::from(!length) << 32).to_le_bytes()
}

/// Reads one frame.
///
/// # Errors
///
/// `InvalidData` for what is not a frame, otherwise those of the pipe.
pub(super) fn read_frame(pipe: &mut impl Read) -> io::Result<Vec<u8>> {
    let mut found = [0; 8];
    pipe.read_exact(&mut found)?;
    let length = u32::from_le_bytes(found[..4].try_into().expect("four bytes"));
    if found != head(length) || length as usize > LARGEST {
        let text = String::from_utf8_lossy(&found).escape_debug().to_string();
        return Err(io::Error::new(
            io::ErrorKind::InvalidData,
            format!("\"{text}\" is not the head of a message"),
        ));
    }
    let length = length as usize;
    let mut message = Vec::new();
    // Grows with what really arrives, so that a wrong length does not allocate.
    pipe.by_ref().take(length as u64).read_to_end(&mut message)?;
    if message.len() < length {
        Err(io::ErrorKind::UnexpectedEof.into())
    } else {
        Ok(message)
    }
}

/// Reads a stream of frames and decodes each as every kind of reply, as the harness would: whatever the bytes are, this
/// ends, at worst with an error. For fuzzing.
#[doc(hidden)]
pub fn hear(mut stream: &[u8]) {
    /// Far below what a fuzzer reports as a leak.
    const HEAVIEST: u64 = 64 << 20;
    while let Ok(message) = read_frame(&mut stream) {
        let _ = decode_within::<Opened>(&message, HEAVIEST);
        let _ = decode_within::<Modules>(&message, HEAVIEST);
        let _ = decode_within::<bool>(&message, HEAVIEST);
        let _ = decode_within::<u64>(&message, HEAVIEST);
        let _ = decode_within::<Watched>(&message, HEAVIEST);
        let _ = decode_within::<Attempted>(&message, HEAVIEST);
        let _ = decode_within::<Vec<Counted>>(&message, HEAVIEST);
        let _ = decode_within::<Facts>(&message, HEAVIEST);
        let _ = decode_within::<Vec<Vec<u64>>>(&message, HEAVIEST);
        let _ = decode_within::<Vec<CodeName>>(&message, HEAVIEST);
        let _ = decode_within::<Vec<Raised>>(&message, HEAVIEST);
        if let Ok(Called { output, input, .. }) = decode_within::<Called>(&message, HEAVIEST) {
            for answer in [output, input] {
                if pickle::check_within(&answer, HEAVIEST).is_ok() {
                    let _ = serde_pickle::value_from_slice(&answer, serde_pickle::DeOptions::new());
                }
            }
        }
    }
}

/// A message as a frame. For the seeds of fuzzing, and tests.
#[doc(hidden)]
pub fn frame(message: &[u8]) -> Vec<u8> {
    let mut framed = Vec::new();
    write_frame(&mut framed, message).expect("memory takes it");
    framed
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_pickle::{HashableValue, Value, value_to_vec};

    fn reply(key: &str, value: Value) -> Vec<u8> {
        let dict = [(HashableValue::String(key.into()), value)].into_iter().collect();
        value_to_vec(&Value::Dict(dict), serde_pickle::SerOptions::new()).unwrap()
    }

    #[test]
    fn replies_are_results_or_faults() {
        assert_eq!(decode::<u64>(&reply("ok", Value::I64(7))), Ok(7));
        let fault = [("kind", "answer"), ("message", "odd")]
            .map(|(k, v)| (HashableValue::String(k.into()), Value::String(v.into())));
        let fault = reply("fault", Value::Dict(fault.into_iter().collect()));
        assert_eq!(
            decode::<u64>(&fault),
            Err(Fault::Answer {
                message: "odd".into()
            })
        );
        assert!(matches!(
            decode::<u64>(&reply("other", Value::None)),
            Err(Fault::Harness { .. })
        ));
        assert!(matches!(
            decode::<u64>(b"\x80\x03garbage"),
            Err(Fault::Harness { .. })
        ));
    }

    #[test]
    fn frames_survive_any_cut() {
        let mut pipe = Vec::new();
        write_frame(&mut pipe, b"hello").unwrap();
        assert_eq!(read_frame(&mut &pipe[..]).unwrap(), b"hello");
        for cut in 0..pipe.len() {
            assert!(read_frame(&mut &pipe[..cut]).is_err());
        }
        // A length that is too large, a text, a length without its complement.
        for noise in [head(u32::MAX), *b"a line o", [5, 0, 0, 0, 5, 0, 0, 0]] {
            let error = read_frame(&mut &[&noise[..], b"hello"].concat()[..]).unwrap_err();
            assert_eq!(error.kind(), io::ErrorKind::InvalidData);
        }
    }
}
