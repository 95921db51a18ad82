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

/// What a step a variant is: how much of a program it leaves in Python, and on how many cores it runs. The order is that
/// of the effort, from what is least to port to what is most.
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

/// A mark in a chart that can be told from the others without colour.
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

/// What goes with a name.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Known {
    pub name: &'static str,
    pub kind: Kind,
    /// The number of its colour in the style sheet.
    pub ink: u8,
    pub shape: Shape,
    /// Python modules without which it is skipped.
    pub requires: &'static [&'static str],
}

/// The colour of all other names.
pub(crate) const OTHER_INK: u8 = 12;

/// From what is least to port to what is most: what stays Python first, then Rust.
pub(crate) const KNOWN: [Known; 14] = [
    known(BASELINE, Kind::Baseline, 3, Shape::Bar, &[]),
    known("numpy", Kind::Library, 4, Shape::Square, &["numpy"]),
    known("orjson", Kind::Library, OTHER_INK, Shape::Square, &["orjson"]),
    known("uvloop", Kind::Library, OTHER_INK, Shape::Diamond, &["uvloop"]),
    known("numba", Kind::Compiled, OTHER_INK, Shape::Up, &["numba"]),
    known(
        "mypyc",
        Kind::Compiled,
        OTHER_INK,
        Shape::Down,
        &[COMPILED_MODULE],
    ),
    known("threads", Kind::ParallelPython, 5, Shape::Up, &[]),
    known("processes", Kind::ParallelPython, 6, Shape::Down, &[]),
    known("asyncio", Kind::ParallelPython, 7, Shape::Right, &[]),
    known("native", Kind::Extension, 8, Shape::Plus, &[NATIVE_MODULE]),
    known("rust", Kind::Port, 9, Shape::Circle, &[]),
    known("rayon", Kind::ParallelPort, 10, Shape::Diamond, &[]),
    known("tokio", Kind::ParallelPort, 11, Shape::Right, &[]),
    // No variant of a pair, but shown beside them.
    known(EMBEDDED, Kind::Baseline, 1, Shape::Bar, &[]),
];

const fn known(
    name: &'static str,
    kind: Kind,
    ink: u8,
    shape: Shape,
    requires: &'static [&'static str],
) -> Known {
    Known {
        name,
        kind,
        ink,
        shape,
        requires,
    }
}

/// What is known of a name, if anything.
pub(crate) fn find(name: &str) -> Option<&'static Known> {
    KNOWN.iter().find(|known| known.name == name)
}

/// Sorts variants in the order of [`KNOWN`], and the names of a pair's own after them by the alphabet.
pub(crate) fn order(name: &str) -> (usize, &str) {
    let place = KNOWN.iter().position(|known| known.name == name);
    (place.unwrap_or(KNOWN.len()), name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_variants_differ_in_colour_and_those_of_a_colour_in_mark() {
        for (i, a) in KNOWN.iter().enumerate() {
            assert!(
                KNOWN[i + 1..]
                    .iter()
                    .all(|b| a.ink != b.ink || a.ink == OTHER_INK && a.shape != b.shape)
            );
        }
    }

    #[test]
    fn rust_sorts_after_python_and_before_own_names() {
        let mut names = ["zlib", "rust", "rayon", "numpy", "a_name"];
        names.sort_by_key(|name| order(name));
        assert_eq!(names, ["numpy", "rust", "rayon", "a_name", "zlib"]);
    }
}
