//! The CRC-32 of many messages, compared with the checksums that came with them.
//!
//! Frames from a network, records of a log, parts of a PNG or ZIP file: readers of binary formats check
//! sums like this one, and where the format has one of its own that no library knows, the loop over the bytes
//! is written out. It is the table-driven form that everybody copies from the standards: one look-up for each
//! byte.
//!
//! It does not show the best that is known. CRC-32 itself is in the standard library (`zlib` here), in C that
//! takes many bytes at once, and in Rust crates alike; both written-out sides take one.

use pairbench::registry::prelude::*;
use rand::seq::IndexedMutRandom;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// What came in.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Input {
    /// Messages, each with the checksum that was sent after it.
    frames: Vec<(Message, u32)>,
}

/// Bytes, and `bytes` in Python.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Message(#[serde(with = "serde_bytes")] Vec<u8>);

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
struct Output {
    checksums: Vec<u32>,
    damaged: Vec<usize>,
}

/// First the edges, then messages as long as Ethernet's; one in twenty arrives with a bit turned over.
fn generate(size: u64, seed: u64) -> Input {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let edges = edges();
    let frames = (0..size)
        .map(|at| {
            let mut message = match edges.get(at as usize) {
                Some(edge) => edge.clone(),
                None => random_message(&mut rng),
            };
            let mut sent = crc32(&message);
            if rng.random_bool(0.05) {
                let bit = 1 << rng.random_range(0..8_u32);
                match message.choose_mut(&mut rng) {
                    Some(byte) => *byte ^= bit,
                    None => sent ^= u32::from(bit),
                }
            }
            (Message(message), sent)
        })
        .collect();
    Input { frames }
}

/// Nothing, single bytes at both ends, zeros (which a checksum that begins with 0 would not count), and every byte.
fn edges() -> [Vec<u8>; 8] {
    [
        vec![],
        vec![0],
        vec![0xFF],
        vec![0; 4],
        vec![0; 5],
        vec![0xFF; 4],
        (0..=255).collect(),
        b"123456789".to_vec(),
    ]
}

/// Half of them short, like acknowledgements; the others as long as one pleases, up to 1,500 bytes.
fn random_message(rng: &mut ChaCha8Rng) -> Vec<u8> {
    let most = if rng.random_bool(0.5) { 100 } else { 1_500 };
    let mut message = vec![0; rng.random_range(46..=most as u32) as usize];
    rng.fill(&mut message);
    message
}

/// Every byte divided by the polynomial, its bits in reverse.
const TABLE: [u32; 256] = {
    let mut table = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        let mut crc = byte as u32;
        let mut bit = 0;
        while bit < 8 {
            crc = if crc & 1 == 1 {
                (crc >> 1) ^ 0xEDB8_8320
            } else {
                crc >> 1
            };
            bit += 1;
        }
        table[byte] = crc;
        byte += 1;
    }
    table
};

/// The CRC-32 of some bytes.
#[cfg_attr(feature = "python", pyo3::pyfunction)]
fn crc32(message: &[u8]) -> u32 {
    !message
        .iter()
        .fold(!0, |crc, &byte| TABLE[usize::from(crc as u8 ^ byte)] ^ (crc >> 8))
}

fn rust(input: &Input) -> Output {
    let checksums: Vec<u32> = input
        .frames
        .iter()
        .map(|(message, _)| crc32(&message.0))
        .collect();
    let damaged = checksums
        .iter()
        .zip(&input.frames)
        .enumerate()
        .filter(|(_, (checksum, (_, expected)))| *checksum != expected)
        .map(|(number, _)| number)
        .collect();
    Output { checksums, damaged }
}

/// The pair, as the build script finds it.
pub fn pair() -> Pair {
    Pair::new(
        Profile::HotLoop,
        "CRC-32 of many messages, one table look-up a byte",
    )
    .input(generate)
    .digs(|_| true)
    .cases("messages", &[50, 300, 3_000])
    .tolerance(Tolerance::EXACT)
    .python(&["zlib", "numba", "mypyc", "native"])
    .native(pairbench::native![crc32])
    .replaces("crc32")
    .rust(rust)
    .build()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn checksums_from_the_standards() {
        for (message, expected) in [
            (&b""[..], 0),
            (b"a", 0xE8B7_BE43),
            (b"123456789", 0xCBF4_3926),
            (b"The quick brown fox jumps over the lazy dog", 0x414F_A339),
            (&[0; 32], 0x190A_55AD),
            (&[0xFF; 32], 0xFF6C_AB0B),
        ] {
            assert_eq!(crc32(message), expected, "{message:?}");
        }
    }

    #[test]
    fn damaged_frames_are_found() {
        let good = Message(b"123456789".to_vec());
        let frames = vec![
            (good.clone(), 0xCBF4_3926),
            (good.clone(), 0xCBF4_3927),
            (Message(b"123456788".to_vec()), 0xCBF4_3926),
            (good, 0xCBF4_3926),
        ];
        assert_eq!(rust(&Input { frames }).damaged, [1, 2]);
    }

    #[test]
    fn about_one_frame_in_twenty_is_damaged() {
        let damaged = rust(&generate(5_000, 1)).damaged.len();
        assert!((150..350).contains(&damaged), "{damaged}");
    }

    #[test]
    fn any_size_and_seed_gives_as_many_frames() {
        for size in [1, 2, 65] {
            for seed in [0, 1, u64::MAX] {
                assert_eq!(rust(&generate(size, seed)).checksums.len() as u64, size);
            }
        }
    }
}
