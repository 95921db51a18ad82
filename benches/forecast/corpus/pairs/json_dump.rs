//! Write rows as JSON, one call of json.dumps a row.

use crate::draw::*;
use pairbench::registry::prelude::*;
use serde_json::ser::{Formatter, Serializer};
use std::io::{Result, Write};

/// The pair.
pub fn pair() -> Pair {
    Pair::new(Profile::LibraryBound, "writes rows as JSON")
        .input(generate)
        .cases("rows", &[20, 2_500, 10_000])
        .rust(rust)
        .build()
}

type Row = (u64, String, f64, Vec<String>);

fn generate(size: u64, seed: u64) -> Vec<Row> {
    let mut rng = rng(seed);
    let mut row = |id| {
        let mut name = word(&mut rng, 1..=4);
        if rng.random_bool(0.1) {
            name = format!("{name} \"{}\"", word(&mut rng, 1..=4));
        }
        let price = f64::from(rng.random_range(0..100_000)) / 100.0;
        let tags = (0..rng.random_range(0..=4))
            .map(|_| word(&mut rng, 1..=4))
            .collect();
        (id, name, price, tags)
    };
    (0..size).map(&mut row).collect()
}

#[derive(Serialize)]
struct Line<'a> {
    id: u64,
    name: &'a str,
    price: f64,
    tags: &'a [String],
    nested: Nested,
}

#[derive(Serialize)]
struct Nested {
    a: u64,
    b: [u64; 2],
}

/// The spaces of `json.dumps`.
struct Spaced;

impl Formatter for Spaced {
    fn begin_array_value<W: ?Sized + Write>(&mut self, writer: &mut W, first: bool) -> Result<()> {
        if first { Ok(()) } else { writer.write_all(b", ") }
    }

    fn begin_object_key<W: ?Sized + Write>(&mut self, writer: &mut W, first: bool) -> Result<()> {
        if first { Ok(()) } else { writer.write_all(b", ") }
    }

    fn begin_object_value<W: ?Sized + Write>(&mut self, writer: &mut W) -> Result<()> {
        writer.write_all(b": ")
    }
}

fn rust(rows: &Vec<Row>) -> String {
    let mut out = Vec::new();
    for (id, name, price, tags) in rows {
        if !out.is_empty() {
            out.push(b'\n');
        }
        let line = Line {
            id: *id,
            name,
            price: *price,
            tags,
            nested: Nested {
                a: id % 7,
                b: [*id, id + 1],
            },
        };
        line.serialize(&mut Serializer::with_formatter(&mut out, Spaced))
            .unwrap();
    }
    String::from_utf8(out).unwrap()
}
