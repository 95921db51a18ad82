//! Numbers that know their unit and how to print themselves.

use std::fmt;

/// Significant digits of a number without an interval.
pub(super) const DIGITS: usize = 3;
/// Shown in place of a number that is not finite.
pub(super) const NO_NUMBER: &str = "—";

/// A time in seconds.
///
/// Prints three significant digits in the unit that keeps the number from 1 to 999: `12.3 ms`, `1.05 s`, `2.50 min`.
/// Rounding carries over into the next unit, so 999.6 µs are `1.00 ms`. A value that is not finite prints as `—`.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd)]
pub struct Time(pub f64);

impl fmt::Display for Time {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.0.is_finite() {
            return f.pad(NO_NUMBER);
        }
        let unit = Unit::of(self.0, DIGITS);
        f.pad(&format!(
            "{} {}",
            significant(unit.count(self.0), DIGITS),
            unit.name
        ))
    }
}

/// Baseline ÷ variant: above 1 the variant is faster.
///
/// Prints three significant digits: `12.3×`, `0.953×`, `1.00×`, `154×`. A value that is not finite prints as `—`.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd)]
pub struct Ratio(pub f64);

impl fmt::Display for Ratio {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.0.is_finite() {
            return f.pad(NO_NUMBER);
        }
        f.pad(&format!("{}×", significant(self.0, DIGITS)))
    }
}

/// A unit of time.
pub(super) struct Unit {
    /// Its symbol.
    pub(super) name: &'static str,
    /// Its length in seconds.
    pub(super) seconds: f64,
    /// How many of them make one of the next larger unit.
    limit: f64,
}

impl Unit {
    const ALL: [Unit; 5] = [
        Unit {
            name: "ns",
            seconds: 1e-9,
            limit: 1000.0,
        },
        Unit {
            name: "µs",
            seconds: 1e-6,
            limit: 1000.0,
        },
        Unit {
            name: "ms",
            seconds: 1e-3,
            limit: 1000.0,
        },
        Unit {
            name: "s",
            seconds: 1.0,
            limit: 60.0,
        },
        Unit {
            name: "min",
            seconds: 60.0,
            limit: f64::INFINITY,
        },
    ];

    /// The unit to print a time in: the smallest in which the *rounded* number is below its limit.
    pub(super) fn of(seconds: f64, digits: usize) -> &'static Unit {
        let fits = |unit: &&Unit| {
            let count = seconds.abs() / unit.seconds;
            // Rounding is slow, and matters only close to the limit.
            count < 0.9 * unit.limit || rounded(count, digits) < unit.limit
        };
        Self::ALL.iter().find(fits).unwrap_or(&Self::ALL[4])
    }

    /// This time in the unit that `of` chose for it: 59.96 s, which round to 60.0, are one minute.
    pub(super) fn count(&self, seconds: f64) -> f64 {
        let count = seconds / self.seconds;
        let smallest = self.seconds == Self::ALL[0].seconds;
        if smallest || count.abs() >= 1.0 {
            count
        } else {
            1.0_f64.copysign(count)
        }
    }
}

/// A finite number with `digits` significant digits, in scientific notation if it would otherwise be mostly zeros.
pub(super) fn significant(value: f64, digits: usize) -> String {
    let scientific = scientific(value, digits);
    match exponent(&scientific) {
        power @ -4..6 => format!("{:.*}", after_point(digits, power), parse(&scientific, value)),
        _ => scientific,
    }
}

/// Decimal places that show `digits` significant digits of a finite number.
pub(super) fn decimals(value: f64, digits: usize) -> usize {
    after_point(digits, exponent(&scientific(value, digits)))
}

/// A finite number rounded to `digits` significant digits.
pub(super) fn rounded(value: f64, digits: usize) -> f64 {
    parse(&scientific(value, digits), value)
}

/// `1.23e4`: formatting rounds correctly, scaling by powers of ten would not.
fn scientific(value: f64, digits: usize) -> String {
    format!("{value:.*e}", digits - 1)
}

fn parse(scientific: &str, value: f64) -> f64 {
    scientific.parse().unwrap_or(value)
}

/// The power of ten of a finite number's first digit; 0 for zero.
fn exponent(scientific: &str) -> i32 {
    let power = scientific.split_once('e').map(|(_, power)| power.parse());
    power.and_then(Result::ok).unwrap_or(0)
}

fn after_point(digits: usize, power: i32) -> usize {
    usize::try_from(digits as i32 - 1 - power).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn times() {
        for (seconds, printed) in [
            (0.0, "0.00 ns"),
            (1.234e-10, "0.123 ns"),
            (15e-9, "15.0 ns"),
            (999.4e-9, "999 ns"),
            (999.6e-9, "1.00 µs"),
            (999.6e-6, "1.00 ms"),
            (0.0123, "12.3 ms"),
            (0.99949, "999 ms"),
            (0.9996, "1.00 s"),
            (1.05, "1.05 s"),
            (59.94, "59.9 s"),
            (59.96, "1.00 min"),
            (60.0, "1.00 min"),
            (150.0, "2.50 min"),
            (74_040.0, "1230 min"),
            (6e9, "1.00e8 min"),
            (-0.0123, "-12.3 ms"),
            (f64::NAN, "—"),
            (f64::INFINITY, "—"),
        ] {
            assert_eq!(Time(seconds).to_string(), printed, "{seconds} s");
        }
    }

    #[test]
    fn ratios() {
        for (ratio, printed) in [
            (12.34, "12.3×"),
            (0.9534, "0.953×"),
            (0.99951, "1.00×"),
            (1.0, "1.00×"),
            (9.996, "10.0×"),
            (153.9, "154×"),
            (1234.0, "1230×"),
            (0.00123, "0.00123×"),
            (1.234e-7, "1.23e-7×"),
            (1.234e9, "1.23e9×"),
            (0.0, "0.00×"),
            (f64::NAN, "—"),
            (f64::NEG_INFINITY, "—"),
        ] {
            assert_eq!(Ratio(ratio).to_string(), printed, "{ratio}");
        }
    }

    #[test]
    fn width_and_alignment() {
        assert_eq!(format!("[{:>8}]", Ratio(12.34)), "[   12.3×]");
        assert_eq!(format!("[{:<10}]", Time(0.0123)), "[12.3 ms   ]");
        assert_eq!(format!("[{:^5}]", Ratio(f64::NAN)), "[  —  ]");
    }

    fn positive() -> impl Strategy<Value = f64> {
        (-30.0..30.0_f64).prop_map(f64::exp)
    }

    proptest! {
        #[test]
        fn a_printed_ratio_reads_back_to_three_digits(ratio in positive()) {
            let read: f64 = Ratio(ratio).to_string().trim_end_matches('×').parse().unwrap();
            prop_assert!((read / ratio - 1.0).abs() <= 0.005 + 1e-12, "{} from {ratio}", Ratio(ratio));
            prop_assert_eq!(Ratio(read).to_string(), Ratio(ratio).to_string());
        }

        #[test]
        fn a_printed_time_reads_back_to_three_digits(seconds in positive()) {
            let printed = Time(seconds).to_string();
            let (number, name) = printed.split_once(' ').unwrap();
            let unit = Unit::ALL.iter().find(|unit| unit.name == name).unwrap();
            let number: f64 = number.parse().unwrap();
            prop_assert!(number < unit.limit, "{printed}");
            prop_assert!(number >= 1.0 || name == "ns", "{printed}");
            prop_assert!((number * unit.seconds / seconds - 1.0).abs() <= 0.005 + 1e-12, "{printed} from {seconds}");
        }

        #[test]
        fn any_number_prints(number in proptest::num::f64::ANY) {
            prop_assert!(Time(number).to_string().len() < 20);
            prop_assert!(Ratio(number).to_string().len() < 20);
        }
    }
}
