//! The days of the study, and what was current then.

use super::results::Side;

/// The days.
pub const DAYS: [&str; 2] = ["2020-01-01", "2023-01-01"];

/// The newest release of the language on that day.
pub fn release(day: &str, side: Side) -> &'static str {
    match (side, day < "2023") {
        (Side::Python, true) => "3.8",
        (Side::Python, false) => "3.11",
        (Side::Rust, true) => "1.40",
        (Side::Rust, false) => "1.66",
    }
}

/// Nothing that was published from here on is seen.
pub fn instant(day: &str) -> String {
    format!("{day}T00:00:00Z")
}

/// When the release came out, in years: Python's come in October of each year, Rust's every six weeks since 15 May 2015.
pub fn year(release: &str, side: Side) -> f64 {
    let minor = release.split('.').nth(1).and_then(|minor| minor.parse().ok());
    let minor: f64 = minor.unwrap_or_default();
    match side {
        Side::Python => 2011.77 + minor,
        Side::Rust => 2015.37 + minor * 42.0 / 365.25,
    }
}
