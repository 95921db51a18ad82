//! The constants of `pairbench forecast`, in its source: read to score them, and rewritten only on request.

use super::model::{CLASSES, Gains};
use super::score::Band;
use std::fmt::Write;

/// Where they are, from the root of the repository.
pub const FILE: &str = "crates/pairbench/src/forecast/gains.rs";

const TABLE: &str = "const GAINS: [";
const BANDS: &str = "const BANDS: [";

/// The gains in the text of the file.
///
/// # Errors
///
/// If one is missing.
pub fn read(text: &str) -> Result<Gains, String> {
    let table = &text[value_of(text, TABLE)?];
    let mut gains = Gains::prior();
    for (gain, class) in gains.0.iter_mut().zip(&CLASSES) {
        let start = format!("(Class::{}, ", variant(class.name));
        let number = table
            .split_once(&start)
            .and_then(|(_, rest)| rest.split_once(')'))
            .and_then(|(number, _)| number.parse().ok());
        *gain = number.ok_or_else(|| format!("{FILE} has no gain of {}", class.name))?;
    }
    Ok(gains)
}

/// The text with its gains and bands replaced by these, yet to be formatted by rustfmt.
///
/// # Errors
///
/// If it has no such tables.
pub fn rewrite(text: &str, gains: &Gains, bands: &[Band]) -> Result<String, String> {
    let mut table = String::from(" [\n");
    for (class, gain) in CLASSES.iter().zip(&gains.0) {
        let name = variant(class.name);
        let _ = writeln!(table, "    (Class::{name}, {:?}),", two_digits(*gain));
    }
    let mut rows = String::from(" [\n");
    for band in bands {
        let below = match band.below {
            below if below.is_finite() => format!("{below:?}"),
            _ => "f64::INFINITY".to_string(),
        };
        let (low, high) = (two_digits(band.low), two_digits(band.high));
        let _ = writeln!(rows, "    ({below}, {low:?}, {high:?}),");
    }
    let mut text = text.to_string();
    text.replace_range(value_of(&text, TABLE)?, &(table + "]"));
    text.replace_range(value_of(&text, BANDS)?, &(rows + "]"));
    Ok(text)
}

/// Range of the value of the constant that starts with these words, however it is formatted.
fn value_of(text: &str, start: &str) -> Result<std::ops::Range<usize>, String> {
    let missing = || format!("{FILE} has no `{start}…`");
    let head = text.find(start).ok_or_else(missing)?;
    let first = head + text[head..].find('=').ok_or_else(missing)? + 1;
    let end = first + text[first..].find("];").ok_or_else(missing)? + 1;
    Ok(first..end)
}

/// `text_sort` is `Class::TextSort`.
fn variant(name: &str) -> String {
    let capital = |word: &str| word[..1].to_uppercase() + &word[1..];
    name.split('_').map(capital).collect()
}

/// Rounds to two digits: a gain is not known any better.
pub fn two_digits(number: f64) -> f64 {
    let unit = 10_f64.powf(number.log10().floor() - 1.0);
    let rounded = (number / unit).round() * unit;
    // A product of decimal fractions is rarely a short one itself.
    format!("{rounded:.6}").parse().unwrap_or(rounded)
}
