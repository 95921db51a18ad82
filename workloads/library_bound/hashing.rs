//! The SHA-256 of many messages, most of them small, and a manifest of all.
//!
//! Stores that are addressed by content, caches of builds, package managers and backups do this with every
//! file. Python's `hashlib` calls OpenSSL, Rust's sha2 is written in Rust, and both use the instructions that
//! the processor has for it. With large messages the two do the same; with small ones it is the calls that
//! cost, which is why there are some of all sizes.
//!
//! It does not show reading the files, nor other digests. And where a processor has no such instructions, the
//! two libraries differ more. At least one message has to be there: the answer has the first digest of all.

use base16ct::lower;
use pairbench::registry::prelude::*;
use rand::{Rng, RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use sha2::{Digest, Sha256};
use std::collections::HashSet;
use std::fmt::Write;

/// What is to be hashed.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Input {
    messages: Vec<Message>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Message(#[serde(with = "serde_bytes")] Vec<u8>);

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
struct Output {
    manifest: String,
    distinct: usize,
    first: String,
    bytes: usize,
}

/// First every length around the block of 64 bytes, where padding differs, then lengths as files have them: half of
/// the messages below 1 KB, few as long as 64 KB. Some messages occur twice.
fn generate(size: u64, seed: u64) -> Input {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let mut messages: Vec<Message> = Vec::new();
    for at in 0..size as usize {
        if at > EDGES && rng.random_bool(1.0 / 16.0) {
            let again = rng.random_range(0..at as u32) as usize;
            messages.push(messages[again].clone());
            continue;
        }
        let length = match at {
            0..=EDGES => at,
            _ => 2f64.powf(rng.random_range(4.0..16.0)) as usize,
        };
        let mut message = vec![0; length];
        rng.fill_bytes(&mut message);
        messages.push(Message(message));
    }
    Input { messages }
}

/// The longest of the messages that there are of every length.
const EDGES: usize = 130;

fn digest(message: &[u8]) -> String {
    lower::encode_string(&Sha256::digest(message))
}

fn rust(input: &Input) -> Output {
    let digests: Vec<String> = input.messages.iter().map(|message| digest(&message.0)).collect();
    let mut manifest = String::new();
    for (at, digest) in digests.iter().enumerate() {
        writeln!(manifest, "{digest}  {at}").expect("a string takes everything");
    }
    Output {
        manifest: digest(manifest.as_bytes()),
        distinct: digests.iter().collect::<HashSet<_>>().len(),
        first: digests.iter().min().expect("there is a message").clone(),
        bytes: input.messages.iter().map(|message| message.0.len()).sum(),
    }
}

/// Refuses no message at all.
fn valid(input: &Input) -> bool {
    !input.messages.is_empty()
}

/// The pair, as the build script finds it.
pub fn pair() -> Pair {
    Pair::new(Profile::LibraryBound, "the SHA-256 of many messages")
        .input(generate)
        .digs(valid)
        .cases("messages", &[200, 1_500, 3_000])
        .tolerance(Tolerance::EXACT)
        .versions(|| vec![("sha2", crate::locked("sha2").into())])
        .rust(rust)
        .build()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digests_of_the_standard() {
        // FIPS 180-4's examples, and the well-known one of nothing.
        assert_eq!(
            digest(b""),
            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
        );
        assert_eq!(
            digest(b"abc"),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        );
        assert_eq!(
            digest(b"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"),
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
        );
    }

    #[test]
    fn a_manifest_worked_out_by_hand() {
        let messages = ["abc", "", "abc"].map(|text| Message(text.into())).into();
        let output = rust(&Input { messages });
        let lines = format!("{0}  0\n{1}  1\n{0}  2\n", digest(b"abc"), digest(b""));
        assert_eq!(output.manifest, digest(lines.as_bytes()));
        assert_eq!((output.distinct, output.bytes), (2, 6));
        assert_eq!(output.first, digest(b"abc"));
    }

    #[test]
    fn lengths_are_those_of_the_edges_and_then_many() {
        let messages = generate(1_000, 5).messages;
        let lengths: Vec<usize> = messages.iter().map(|message| message.0.len()).collect();
        assert!(
            lengths[..=EDGES]
                .iter()
                .enumerate()
                .all(|(at, &length)| at == length)
        );
        assert!(lengths.iter().any(|&length| length > 50_000));
        assert!(rust(&Input { messages }).distinct < 990);
        assert_eq!(generate(3, 5).messages.len(), 3);
    }
}
