//! An estimate with its interval, as a line of text.

use super::interval::Estimate;
use super::quantity::{DIGITS, NO_NUMBER, Ratio, Time, Unit, decimals, significant};

/// More digits than this would promise a precision that no benchmark has.
const MOST_DIGITS: usize = 4;

impl Estimate {
    /// The estimate as a ratio: `12.3× [11.9, 12.8]`, or `12.3×` without an interval.
    ///
    /// All three numbers have the same decimal places: those of three significant digits of the estimate, or of four if
    /// three would make the ends of the interval look equal, or would hide that the interval excludes one.
    pub fn display_ratio(&self) -> String {
        let Some((low, high)) = self.finite() else {
            return Ratio(self.value).to_string();
        };
        let hides_one = |[_, low, high]: &[String; 3]| {
            let rounded = [low, high].map(|end| end.parse::<f64>().unwrap_or(f64::NAN));
            self.excludes_one() && rounded[0] <= 1.0 && rounded[1] >= 1.0
        };
        let mut numbers = matched([self.value, low, high], DIGITS);
        if numbers[1] == numbers[2] || hides_one(&numbers) {
            numbers = matched([self.value, low, high], MOST_DIGITS);
        }
        let [value, low, high] = numbers;
        format!("{value}× {}", ends(&low, &high))
    }

    /// The estimate as a time, if it is in seconds: `12.3 ms [11.9, 12.8]`, or `12.3 ms` without an interval.
    ///
    /// All three numbers are in the unit of the estimate and have the same decimal places, as with
    /// [`display_ratio`](Self::display_ratio).
    pub fn display_time(&self) -> String {
        let Some((low, high)) = self.finite() else {
            return Time(self.value).to_string();
        };
        let unit = Unit::of(self.value, DIGITS);
        let scaled = [unit.count(self.value), low / unit.seconds, high / unit.seconds];
        let mut numbers = matched(scaled, DIGITS);
        if numbers[1] == numbers[2] {
            numbers = matched(scaled, MOST_DIGITS);
        }
        let [value, low, high] = numbers;
        format!("{value} {} {}", unit.name, ends(&low, &high))
    }

    /// The ends of the interval, if there is one and the value is finite.
    fn finite(&self) -> Option<(f64, f64)> {
        self.interval.filter(|_| self.value.is_finite())
    }
}

fn ends(low: &str, high: &str) -> String {
    format!("[{low}, {high}]")
}

/// Three numbers with the decimal places that show `digits` digits of the first. Each gets its own decimal places if
/// they are so far apart that the smallest would show no digits, or the largest meaningless zeros.
fn matched(numbers: [f64; 3], digits: usize) -> [String; 3] {
    let [value, low, high] = numbers;
    let near = value > 0.0 && low >= value / 10.0 && high <= value * 10.0;
    numbers.map(|number| match number.is_finite() {
        true if near && (1e-4..1e3).contains(&value) => format!("{number:.*}", decimals(value, digits)),
        true => significant(number, digits),
        false => NO_NUMBER.into(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(value: f64, low: f64, high: f64) -> Estimate {
        Estimate {
            value,
            interval: Some((low, high)),
            launches: 10,
        }
    }

    #[test]
    fn ratios() {
        for (estimate, printed) in [
            (of(12.34, 11.91, 12.78), "12.3× [11.9, 12.8]"),
            (of(9.95, 9.8, 10.12), "9.95× [9.80, 10.12]"),
            (of(0.9534, 0.941, 0.97), "0.953× [0.941, 0.970]"),
            (of(154.2, 151.0, 157.6), "154× [151, 158]"),
            (of(154.2, 154.1, 154.3), "154.2× [154.1, 154.3]"),
            (of(1.0, 1.0, 1.0), "1.000× [1.000, 1.000]"),
            (of(1234.0, 1190.0, 1300.0), "1230× [1190, 1300]"),
            (of(0.5, 0.0012, 200.0), "0.500× [0.00120, 200]"),
            (of(1.0, 0.0, f64::INFINITY), "1.00× [0.00, —]"),
            (of(f64::NAN, 1.0, 2.0), "—"),
        ] {
            assert_eq!(estimate.display_ratio(), printed);
        }
        assert_eq!(
            Estimate {
                interval: None,
                ..of(12.34, 0.0, 0.0)
            }
            .display_ratio(),
            "12.3×"
        );
    }

    #[test]
    fn an_end_that_is_not_one_does_not_read_one() {
        assert_eq!(of(1.012, 1.004, 1.02).display_ratio(), "1.012× [1.004, 1.020]");
        assert_eq!(
            of(0.99, 0.981, 0.9996).display_ratio(),
            "0.9900× [0.9810, 0.9996]"
        );
        assert_eq!(of(1.012, 0.996, 1.02).display_ratio(), "1.01× [1.00, 1.02]");
    }

    #[test]
    fn times() {
        for (estimate, printed) in [
            (of(0.01234, 0.01191, 0.01278), "12.3 ms [11.9, 12.8]"),
            (of(999.4e-6, 990e-6, 1010e-6), "999 µs [990, 1010]"),
            (of(1.05, 1.0499, 1.0502), "1.050 s [1.050, 1.050]"),
            (of(15e-9, 14.9e-9, 15.12e-9), "15.0 ns [14.9, 15.1]"),
            (of(90.0, 84.0, 96.0), "1.50 min [1.40, 1.60]"),
            (of(59.96, 59.5, 60.5), "1.00 min [0.99, 1.01]"),
            (of(1e-3, 1e-6, 0.5), "1.00 ms [0.00100, 500]"),
        ] {
            assert_eq!(estimate.display_time(), printed);
        }
        assert_eq!(
            Estimate {
                interval: None,
                ..of(1.05, 0.0, 0.0)
            }
            .display_time(),
            "1.05 s"
        );
    }
}
