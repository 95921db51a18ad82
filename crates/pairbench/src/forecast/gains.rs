//! How much faster each class of work is in a careful port with the same data structures, and how far such forecasts
//! were off.
//!
//! Source: a fit of Amdahl's sum over classes (`1 ÷ Σ share ÷ gain`) to 101 workloads that were ported and measured, each
//! single-threaded, CPython 3.11.7 without profile-guided optimisation, rustc 1.95. Left out once each, the median error
//! was ×1.49 and 80 % were within ×2.1. Gains are constants: more training pairs hardly improve them.

use super::class::Class;

/// The gain of each class.
pub(crate) const GAINS: [(Class, f64); 15] = [
    (Class::Interpreter, 64.0),
    (Class::Loops, 52.0),
    (Class::Objects, 28.0),
    (Class::Sort, 16.0),
    (Class::Allocation, 12.0),
    (Class::Parsing, 7.7),
    (Class::Math, 4.8),
    (Class::Regex, 4.1),
    (Class::Text, 3.5),
    (Class::TextSort, 3.0),
    (Class::Hashing, 2.9),
    (Class::BigIntegers, 2.9),
    (Class::Library, 1.5),
    (Class::System, 1.3),
    (Class::Vector, 170.0),
];

/// 80 % of measured ÷ forecast lay between these, for forecasts below the first number. Seen with C symbols.
pub(crate) const BANDS: [(f64, f64, f64); 3] =
    [(8.0, 0.63, 2.0), (20.0, 0.54, 2.3), (f64::INFINITY, 0.29, 5.9)];

/// Above this forecast only a lower end is given.
pub(crate) const LOWER_END_ONLY: f64 = 20.0;

/// The 80 % width of forecasts by what could be seen: C symbols, libraries alone, functions alone.
pub(crate) const WIDTHS: [f64; 3] = [2.2, 2.5, 2.9];

/// A forecast that is this factor from the line was on the right side of it in 261 of 262 answers.
pub(crate) const MARGIN: f64 = 2.0;

/// Forecasts written before their ports existed, and those of them that held at ×/÷ 2.2.
pub(crate) const SCORE: (u32, u32) = (32, 25);

/// What an extension of one function gains was within this factor for 10 of 12.
pub(crate) const EXTENSION_WIDTH: f64 = 1.5;

/// The same share of the time repeats within this factor over the square root of the number of samples: ×1.06 for 300,
/// ×1.11 for 100.
pub(crate) const SAMPLING: f64 = 1.04;

/// Seconds of a call from Python into Rust, of taking over one element, and of making one Python object to return. The
/// first from calls of the shipped extensions (25 to 33 ns); the others are estimates that no measurement was fitted to.
pub(crate) const CALL: f64 = 30e-9;
/// See [`CALL`].
pub(crate) const ELEMENT_IN: f64 = 15e-9;
/// See [`CALL`].
pub(crate) const ELEMENT_OUT: f64 = 40e-9;
