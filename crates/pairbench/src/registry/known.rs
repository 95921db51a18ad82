//! The variant names that pairs share: what they mean, and their order, colours and marks wherever variants are shown.
#![cfg_attr(not(feature = "harness"), allow(dead_code))]

use serde::{Deserialize, Serialize};

/// `Variant::BASELINE`.
pub(super) const BASELINE: &str = "python";

/// `Variant::EMBEDDED`.
pub(super) const EMBEDDED: &str = "embedded";

/// `Variant::NATIVE_MODULE`.
pub(super) const NATIVE_MODULE: &str = "pairbench_native";

/// `Variant::COMPILED_MODULE`.
pub(super) const COMPILED_MODULE: &str = "pairbench_compiled";

/// `Variant::INTERPRETERS_MODULE`.
pub(super) const INTERPRETERS_MODULE: &str = "concurrent.interpreters";

/// What kind of step a variant is: how much of a program it leaves in Python, and on how many cores it runs. The order
/// is by effort, from the least porting work to the most.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Plain Python, which every ratio is relative to.
    Baseline,
    /// Plain Python with another algorithm, or other calls of the standard library.
    BetterPython,
    /// Python that leaves its work to a library, like NumPy or `zlib`.
    Library,
    /// Python that a compiler translates: mypyc, Cython, Numba.
    Compiled,
    /// Python that divides its work, or waits for many things at once: threads, processes, asyncio.
    ParallelPython,
    /// Python whose hottest function is Rust.
    Extension,
    /// Rust on one core.
    Port,
    /// Rust that divides its work, or waits for many things at once: rayon, tokio.
    ParallelPort,
}

impl Kind {
    /// The kind in a word or two.
    pub(crate) fn words(self) -> &'static str {
        match self {
            Kind::Baseline => "Python",
            Kind::BetterPython => "better Python",
            Kind::Library => "library",
            Kind::Compiled => "compiled Python",
            Kind::ParallelPython => "parallel Python",
            Kind::Extension => "extension",
            Kind::Port => "Rust",
            Kind::ParallelPort => "parallel Rust",
        }
    }

    /// The mark of its variants in charts.
    pub(crate) fn shape(self) -> Shape {
        match self {
            Kind::Baseline => Shape::Bar,
            Kind::BetterPython => Shape::Down,
            Kind::Library => Shape::Square,
            Kind::Compiled => Shape::Up,
            Kind::ParallelPython => Shape::Right,
            Kind::Extension => Shape::Plus,
            Kind::Port => Shape::Circle,
            Kind::ParallelPort => Shape::Diamond,
        }
    }
}

/// A mark in a chart that can be distinguished from the others without colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Shape {
    /// ●
    Circle,
    /// ■
    Square,
    /// ◆
    Diamond,
    /// ▲
    Up,
    /// ▼
    Down,
    /// ✚
    Plus,
    /// ▶
    Right,
    /// A vertical bar.
    Bar,
}

/// What is known about a variant name.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Known {
    pub name: &'static str,
    pub kind: Kind,
    /// The number of its colour in the style sheet.
    pub ink: u8,
    /// Python modules without which it is skipped.
    pub requires: &'static [&'static str],
}

/// The colour of all other names.
pub(crate) const OTHER_INK: u8 = 12;

/// From the least porting work to the most: what stays Python first, then Rust.
pub(crate) const KNOWN: [Known; 15] = [
    known(BASELINE, Kind::Baseline, 3, &[]),
    known("numpy", Kind::Library, 4, &["numpy"]),
    known("orjson", Kind::Library, 7, &["orjson"]),
    known("uvloop", Kind::Library, 5, &["uvloop"]),
    known("numba", Kind::Compiled, 6, &["numba"]),
    known("mypyc", Kind::Compiled, 4, &[COMPILED_MODULE]),
    known("threads", Kind::ParallelPython, 5, &[]),
    known("processes", Kind::ParallelPython, 6, &[]),
    known("subinterpreters", Kind::ParallelPython, 4, &[INTERPRETERS_MODULE]),
    known("asyncio", Kind::ParallelPython, 7, &[]),
    known("native", Kind::Extension, 8, &[NATIVE_MODULE]),
    known("rust", Kind::Port, 9, &[]),
    known("rayon", Kind::ParallelPort, 10, &[]),
    known("tokio", Kind::ParallelPort, 11, &[]),
    // Not a variant of a pair, but shown beside the variants.
    known(EMBEDDED, Kind::Baseline, 1, &[]),
];

const fn known(name: &'static str, kind: Kind, ink: u8, requires: &'static [&'static str]) -> Known {
    Known {
        name,
        kind,
        ink,
        requires,
    }
}

/// What is known about a name, if anything.
pub(crate) fn find(name: &str) -> Option<&'static Known> {
    KNOWN.iter().find(|known| known.name == name)
}

/// Sorts variants in the order of [`KNOWN`], followed by a pair's own names in alphabetical order.
pub(crate) fn order(name: &str) -> (usize, &str) {
    let place = KNOWN.iter().position(|known| known.name == name);
    (place.unwrap_or(KNOWN.len()), name)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Each kind has its own mark, so mark and colour together distinguish a variant from all others.
    #[test]
    fn known_variants_differ_in_mark_or_in_colour() {
        for (i, a) in KNOWN.iter().enumerate() {
            for b in &KNOWN[i + 1..] {
                let alike = a.kind.shape() == b.kind.shape();
                assert_eq!(alike, a.kind == b.kind, "{} {}", a.name, b.name);
                assert!(!alike || a.ink != b.ink, "{} {}", a.name, b.name);
                assert!(a.ink != OTHER_INK, "{}", a.name);
            }
        }
    }

    #[test]
    fn rust_sorts_after_python_and_before_own_names() {
        let mut names = ["zlib", "rust", "rayon", "numpy", "a_name"];
        names.sort_by_key(|name| order(name));
        assert_eq!(names, ["numpy", "rust", "rayon", "a_name", "zlib"]);
    }
}
