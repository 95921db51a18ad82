//! Batches of a log compressed by zlib at level 6, and expanded again.
//!
//! What a shipper of logs does with each batch before it leaves, a server with each answer, and the other end
//! with each that arrives. It is all C in Python, and a batch is large enough for the call not to matter. So
//! this compares zlib, in the build that the interpreter has, with zlib-rs.
//!
//! Two compressors may write different bytes and different lengths, and both be right. So the answer states
//! what has to be equal: that each batch came back as it was, the header of each stream and the checksum at its
//! end, and how many batches shrank to less than half. The lengths of the streams are not in it. It does not
//! show other levels, formats or libraries, nor reading and writing files.

use flate2::Compression;
use flate2::read::ZlibDecoder;
use flate2::write::ZlibEncoder;
use pairbench::registry::prelude::*;
use rand::seq::IndexedRandom;
use rand::{Rng, RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use std::fmt::Write as _;
use std::io::{self, Read, Write as _};

/// What is to be compressed.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Input {
    batches: Vec<Batch>,
}

/// Some lines of a log, as bytes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Batch(#[serde(with = "serde_bytes")] Vec<u8>);

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
struct Output {
    came_back: u32,
    length: usize,
    shrank_to_half: u32,
    ends: Vec<String>,
}

/// First the edges, then batches of 4 to 32 KB of an access log.
fn generate(size: u64, seed: u64) -> Input {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let mut second = 0;
    let batches = (0..size).map(|at| {
        Batch(edge(at, &mut rng).unwrap_or_else(|| {
            let length = rng.random_range(4_000..32_000_u32) as usize;
            let mut text = String::new();
            while text.len() < length {
                second += rng.random_range(0..3_u64);
                write_line(&mut text, second, &mut rng);
            }
            text.into_bytes()
        }))
    });
    Input {
        batches: batches.collect(),
    }
}

/// Nothing, one byte, what shrinks to more than half, what shrinks to almost nothing, what does not shrink, because it
/// repeats from farther back than the compressor looks, and all bytes, with enough zeros to shrink to less than half.
/// Compressors differ by some bytes; none of these is so near to half.
fn edge(at: u64, rng: &mut ChaCha8Rng) -> Option<Vec<u8>> {
    let mut random = |length, zeros| {
        let mut bytes = vec![0; length + zeros];
        rng.fill_bytes(&mut bytes);
        bytes[length..].fill(0);
        bytes
    };
    Some(match at {
        0 => Vec::new(),
        1 => vec![b'\n'],
        2 => random(2_100, 900),
        3 => vec![0; 70_000],
        4 => random(33_000, 0).repeat(2),
        5 => [(0..=255).collect(), vec![0; 444]].concat(),
        _ => return None,
    })
}

fn write_line(text: &mut String, second: u64, rng: &mut ChaCha8Rng) {
    const AGENTS: [&str; 5] = [
        "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0",
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36",
        "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 Version/17.5 Mobile/15E148",
        "curl/8.5.0",
        "Bücherwurm/1.0 (+https://example.org/über)",
    ];
    const STATUS: [u32; 8] = [200, 200, 200, 200, 200, 304, 404, 500];
    let client = rng.random_range(0..400_u32);
    let item = (rng.random::<f64>().powi(3) * 5_000.0) as u32;
    let (status, agent) = (
        STATUS.choose(rng).expect("not empty"),
        AGENTS.choose(rng).expect("not empty"),
    );
    writeln!(
        text,
        "10.{}.{}.{} - - [12/Jun/2024:{:02}:{:02}:{:02} +0000] \"GET /shop/items/{item}?ref={:08x} HTTP/1.1\" \
         {status} {} \"https://example.org/shop/search?page={}\" \"{agent}\"",
        client % 7,
        client % 31,
        client % 250,
        second / 3600 % 24,
        second / 60 % 60,
        second % 60,
        rng.random::<u32>(),
        rng.random_range(200..60_000_u32),
        rng.random_range(1..40_u32),
    )
    .expect("a string takes everything");
}

fn compress(batch: &[u8]) -> io::Result<Vec<u8>> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::new(6));
    encoder.write_all(batch)?;
    encoder.finish()
}

fn expand(stream: &[u8]) -> io::Result<Vec<u8>> {
    let mut batch = Vec::new();
    ZlibDecoder::new(stream).read_to_end(&mut batch)?;
    Ok(batch)
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn rust(input: &Input) -> Output {
    let mut output = Output {
        came_back: 0,
        length: 0,
        shrank_to_half: 0,
        ends: Vec::new(),
    };
    for Batch(batch) in &input.batches {
        let stream = compress(batch).expect("memory takes everything");
        let expanded = expand(&stream).expect("it was compressed just now");
        output.came_back += u32::from(expanded == *batch);
        output.length += expanded.len();
        output.shrank_to_half += u32::from(2 * stream.len() < batch.len());
        output
            .ends
            .push(hex(&stream[..2]) + &hex(&stream[stream.len() - 4..]));
    }
    output
}

/// Refuses batches that shrink to about half: a few bytes decide there, by which compressors differ.
fn valid(input: &Input) -> bool {
    input.batches.iter().all(|Batch(batch)| {
        let length = compress(batch).expect("memory takes everything").len();
        (2 * length).abs_diff(batch.len()) > batch.len() / 10 + 8
    })
}

/// The pair, as the build script finds it.
pub fn pair() -> Pair {
    Pair::new(Profile::LibraryBound, "batches of a log through zlib and back")
        .input(generate)
        .digs(valid)
        .cases("batches", &[10, 40, 200])
        .tolerance(Tolerance::EXACT)
        .versions(|| {
            ["flate2", "zlib-rs"]
                .map(|name| (name, crate::locked(name).into()))
                .into()
        })
        .rust(rust)
        .build()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn streams_end_in_the_checksum_of_what_was_compressed() {
        let texts: [&[u8]; 3] = [b"", b"Wikipedia", &[b'a'; 1_000]];
        let batches = texts.map(|text| Batch(text.into())).into();
        let output = rust(&Input { batches });
        // Adler-32 of nothing is 1, and of this word the example everywhere.
        assert_eq!(output.ends[..2], ["789c00000001", "789c11e60398"]);
        assert_eq!(
            (output.came_back, output.length, output.shrank_to_half),
            (3, 1_009, 1)
        );
    }

    #[test]
    fn every_batch_shrinks_to_less_or_more_than_half_by_far() {
        for Batch(batch) in generate(60, 3).batches {
            let share = compress(&batch).unwrap().len() as f64 / batch.len() as f64;
            assert!(!(0.45..0.65).contains(&share), "{share} of {} bytes", batch.len());
        }
    }

    #[test]
    fn what_is_no_stream_is_refused() {
        let stream = compress(b"a line of a log, and a line of a log").unwrap();
        for at in [0, 8, stream.len() - 1] {
            let mut broken = stream.clone();
            broken[at] ^= 1;
            assert!(expand(&broken).is_err(), "{at}");
        }
    }

    #[test]
    fn any_size_and_seed_gives_as_many_batches() {
        for size in [0, 1, 2, 7] {
            for seed in [0, 1, u64::MAX] {
                assert_eq!(generate(size, seed).batches.len() as u64, size);
            }
        }
    }
}
