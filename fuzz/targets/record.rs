//! Any bytes as a record: refused with an error, or read, summarised, rendered, and the same after another round.
//!
//! Flipped bytes seldom leave JSON whole, so most mutations are made on the document: a value, somewhere, becomes another.
#![no_main]

use libfuzzer_sys::{fuzz_mutator, fuzz_target, fuzzer_mutate};
use pairbench::record::{ReadError, parse};
use rand::rngs::StdRng;
use rand::seq::IndexedRandom;
use rand::{RngExt, SeedableRng};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

/// One folder for all pages; what was there is written over.
static PAGES: LazyLock<PathBuf> = LazyLock::new(|| {
    let folder = std::env::temp_dir().join(format!("pairbench-fuzz-{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("a temporary folder");
    folder
});

fuzz_target!(|bytes: &[u8]| {
    let path = Path::new("fuzzed.json");
    let record = match parse(bytes, path) {
        Ok(record) => record,
        Err(error) => {
            assert!(!matches!(error, ReadError::Io(..)));
            assert!(error.to_string().contains("fuzzed.json"));
            return;
        }
    };
    let text = serde_json::to_vec(&record).expect("a record is plain data");
    assert_eq!(parse(&text, path).expect("what was written is read"), record);
    pairbench::report::render(&[record], &PAGES).expect("the folder can be written");
});

fuzz_mutator!(|data: &mut [u8], size: usize, max_size: usize, seed: u32| {
    let mut random = StdRng::seed_from_u64(seed.into());
    let document = serde_json::from_slice::<Value>(&data[..size]);
    let Some(mut document) = document.ok().filter(|_| random.random_ratio(9, 10)) else {
        return fuzzer_mutate(data, size, max_size);
    };
    for _ in 0..random.random_range(1..4) {
        change(&mut document, &mut random);
    }
    let text = document.to_string();
    if text.len() > max_size {
        return fuzzer_mutate(data, size, max_size);
    }
    data[..text.len()].copy_from_slice(text.as_bytes());
    text.len()
});

/// Walks down to some value and makes it another.
fn change(value: &mut Value, random: &mut StdRng) {
    let here = random.random_ratio(1, 6);
    match value {
        Value::Array(items) if !items.is_empty() => {
            let at = random.random_range(0..items.len());
            match random.random_range(0..12) {
                0 => drop(items.remove(at)),
                1 => items.push(items[at].clone()),
                2 => items.truncate(at),
                _ => change(&mut items[at], random),
            }
        }
        Value::Object(fields) if !fields.is_empty() && !(here && random.random_ratio(1, 10)) => {
            let at = random.random_range(0..fields.len());
            let field = fields.values_mut().nth(at).expect("one of them");
            change(field, random);
        }
        Value::Number(_) => *value = number(random),
        Value::String(text) => {
            *text = match random.random_range(0..4) {
                0 => String::new(),
                1 => text.repeat(3),
                _ => TEXTS.choose(random).expect("some").to_string(),
            }
        }
        Value::Bool(truth) => *truth = !*truth,
        _ => *value = [json!(null), json!(0), json!({}), json!([]), json!("")].choose(random).expect("some").clone(),
    }
}

fn number(random: &mut StdRng) -> Value {
    let edges = [json!(0), json!(1), json!(2), json!(u64::MAX), json!(u32::MAX), json!(-1), json!(1e300), json!(1e-300), json!(0.5)];
    match random.random_range(0..3) {
        0 => edges.choose(random).expect("some").clone(),
        1 => json!(random.random_range(0..1_000_u32)),
        _ => json!(random.random::<u64>() >> random.random_range(0..64_u32)),
    }
}

const TEXTS: [&str; 12] = [
    "python", "rust", "embedded", "active", "failed", "<b>", "\u{202e}", "\0", "../..", "2026-13-45T99:99:99Z", "b", "complete",
];
