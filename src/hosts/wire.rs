//! The messages between the harness and `worker.py`: a pickle each way, in frames on a pipe.

use super::Fault;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_bytes::{ByteBuf, Bytes};
use std::io::{self, Read, Write};

/// Version of the messages; `load` answers with the other side's.
pub(super) const PROTOCOL: u32 = 1;

/// Larger frames are taken for noise on the pipe.
const LARGEST: usize = 1 << 30;

#[derive(Debug, Serialize)]
#[serde(tag = "op", rename_all = "snake_case")]
pub(super) enum Request<'a> {
    Load {
        root: &'a str,
        module: &'a str,
        file: &'a str,
        extension_dir: Option<&'a str>,
    },
    Missing {
        modules: &'a [String],
    },
    Open {
        variant: &'a str,
        input: &'a Bytes,
    },
    Settle,
    Call {
        handle: u64,
    },
    Time {
        handle: u64,
        calls: u64,
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
    pub output: ByteBuf,
    pub input: ByteBuf,
}

/// Which required modules an interpreter lacks, and the versions of those it has.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
pub struct Modules {
    /// Name and reason of each module that cannot be imported.
    pub missing: Vec<(String, String)>,
    /// Name and version of the others.
    pub versions: Vec<(String, String)>,
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
    let broken = |what: String| Fault::Harness {
        message: format!("the worker's reply makes no sense: {what}"),
    };
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
    pipe.write_all(&length.to_le_bytes())?;
    pipe.write_all(message)?;
    pipe.flush()
}

pub(super) fn read_frame(pipe: &mut impl Read) -> io::Result<Vec<u8>> {
    let mut head = [0; 4];
    pipe.read_exact(&mut head)?;
    let length = u32::from_le_bytes(head) as usize;
    if length > LARGEST {
        return Err(io::Error::new(
            io::ErrorKind::InvalidData,
            format!("a frame of {length} bytes"),
        ));
    }
    let mut message = Vec::new();
    // Grows with what really arrives, so that a false length does not allocate.
    pipe.by_ref().take(length as u64).read_to_end(&mut message)?;
    if message.len() < length {
        Err(io::ErrorKind::UnexpectedEof.into())
    } else {
        Ok(message)
    }
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
        assert!(read_frame(&mut &[0xff, 0xff, 0xff, 0xff, 0][..]).is_err());
    }
}
