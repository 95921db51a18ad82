//! How much faster each class of work is in a careful port with the same data structures, and how far such forecasts
//! were off.
//!
//! Source: a fit of Amdahl's sum over classes (`1 ÷ Σ share ÷ gain`) to the workloads of `workloads.csv`, which were
//! ported and measured. `cargo bench --bench forecast` makes the fit and its scores, docs/evidence/forecasts.md. Gains
//! are constants: more training pairs hardly improve them.

use super::class::Class;

/// The gain of each class.
pub(crate) const GAINS: [(Class, f64); 15] = [
    (Class::Interpreter, 65.0),
    (Class::Loops, 41.0),
    (Class::Objects, 35.0),
    (Class::Sort, 12.0),
    (Class::Allocation, 9.1),
    (Class::Parsing, 8.6),
    (Class::Math, 5.6),
    (Class::Regex, 4.4),
    (Class::Text, 3.7),
    (Class::TextSort, 3.0),
    (Class::Hashing, 2.3),
    (Class::BigIntegers, 2.6),
    (Class::Library, 1.6),
    (Class::System, 1.2),
    (Class::Vector, 180.0),
];

/// The gain of one class.
pub(crate) fn gain(class: Class) -> f64 {
    let found = GAINS.iter().find(|(of, _)| *of == class);
    found.map_or(1.0, |(_, gain)| *gain)
}

/// For forecasts below the first number, 80 % of measured ÷ forecast lay between the other two. With C symbols.
pub(crate) const BANDS: [(f64, f64, f64); 2] = [(20.0, 0.5, 2.9), (f64::INFINITY, 0.19, 13.0)];

/// Above this forecast only a lower end is given.
pub(crate) const LOWER_END_ONLY: f64 = 20.0;

/// The 80 % width of forecasts by what could be seen: C symbols, libraries alone, functions alone. From one lab that
/// compared all three on the same 101 workloads; only their relative widths are used.
pub(crate) const WIDTHS: [f64; 3] = [2.2, 2.5, 2.9];

/// A forecast this factor away from a threshold is rarely on the wrong side; docs/evidence/forecasts.md has the counts.
pub(crate) const MARGIN: f64 = 2.0;

/// Forecasts written before their ports existed, and how many of them held: 25 of 32 in the lab, and 9 of the 16 in
/// docs/evidence/forecasts.md.
pub(crate) const SCORE: (u32, u32) = (48, 34);

/// The gain of an extension for one function was within this factor of its forecast in 9 of 11 cases.
pub(crate) const EXTENSION_WIDTH: f64 = 1.6;

/// A share of the time repeats within a factor whose logarithm is this over the square root of the number of samples:
/// ×1.06 for 300 samples, ×1.11 for 100.
pub(crate) const SAMPLING: f64 = 1.04;

/// Seconds for a call from Python into Rust, for taking one element, and for making one Python object to return. The
/// first is from calls of the shipped extensions (25 to 33 ns); the others are estimates, not fitted to measurements.
pub(crate) const CALL: f64 = 30e-9;
/// See [`CALL`].
pub(crate) const ELEMENT_IN: f64 = 15e-9;
/// See [`CALL`].
pub(crate) const ELEMENT_OUT: f64 = 40e-9;
