//! The time by class of work, from samples.

use super::class::Class;
use super::classify::{Seen, Work};
use super::gains::gain;

/// Fraction of the time in each class; the sum is 1, or 0 if nothing was seen.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(crate) struct Shares([f64; Class::ALL.len()]);

impl Shares {
    /// The shares of these samples.
    pub(crate) fn of<'a>(samples: impl Iterator<Item = &'a Work>) -> Self {
        let mut counts = Shares::default();
        let (mut sorts, mut digits, mut small) = (0.0, 0.0, 0.0);
        for work in samples {
            match work.seen() {
                Seen::Class(class) => {
                    counts.add(class, 1.0);
                    let arithmetic =
                        work.operation.starts_with("BINARY_OP") && !work.operation.contains("FLOAT");
                    small += f64::from(u8::from(arithmetic && class == Class::Interpreter));
                }
                Seen::SomeSort => sorts += 1.0,
                Seen::Digits => digits += 1.0,
            }
        }
        // Sorts of unknown elements are split like those whose comparisons were seen, or in halves if none was.
        let texts = counts.share(Class::TextSort);
        let seen = texts + counts.share(Class::Sort);
        let part = if seen > 0.0 { texts / seen } else { 0.5 };
        counts.add(Class::TextSort, sorts * part);
        counts.add(Class::Sort, sorts * (1.0 - part));
        // Integers have many digits if most of their time goes into loops over those digits.
        match digits > 0.6 * (digits + small) {
            true => counts.add(Class::BigIntegers, digits),
            false => counts.add(Class::Interpreter, digits),
        }
        counts.scaled()
    }

    /// Each class with its share, the largest first; classes that were not seen are left out.
    pub(crate) fn each(&self) -> Vec<(Class, f64)> {
        let mut all: Vec<_> = (Class::ALL.into_iter().zip(self.0))
            .filter(|(_, part)| *part > 0.0)
            .collect();
        all.sort_by(|a, b| b.1.total_cmp(&a.1));
        all
    }

    /// The share of one class.
    pub(crate) fn share(&self, class: Class) -> f64 {
        self.0[class as usize]
    }

    pub(crate) fn add(&mut self, class: Class, part: f64) {
        self.0[class as usize] += part;
    }

    /// Takes this part of the time away from a class; the rest is scaled to 1 again.
    pub(crate) fn without(mut self, class: Class, part: f64) -> Self {
        self.0[class as usize] = (self.share(class) - part).max(0.0);
        self.scaled()
    }

    fn scaled(mut self) -> Self {
        let all: f64 = self.0.iter().sum();
        if all > 0.0 {
            self.0.iter_mut().for_each(|part| *part /= all);
        }
        self
    }

    /// Where a port spends its time, as fractions of Python's time: the terms of Amdahl's sum.
    pub(crate) fn in_a_port(&self) -> Vec<(Class, f64)> {
        let mut all: Vec<_> = self
            .each()
            .into_iter()
            .map(|(class, part)| (class, part / gain(class)))
            .collect();
        all.sort_by(|a, b| b.1.total_cmp(&a.1));
        all
    }

    /// How many times faster a port is; `None` if nothing was seen.
    pub(crate) fn gain(&self) -> Option<f64> {
        let time: f64 = self.in_a_port().iter().map(|(_, time)| time).sum();
        (time > 0.0).then(|| 1.0 / time)
    }

    /// How much two differ: the sum of the squared differences of their square roots, between 0 and 2.
    pub(crate) fn distance(&self, other: &Shares) -> f64 {
        let pairs = self.0.iter().zip(&other.0);
        pairs.map(|(a, b)| (a.sqrt() - b.sqrt()).powi(2)).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn work(operation: &str, callee: &str, symbol: &str) -> Work {
        Work {
            operation: operation.into(),
            callee: callee.into(),
            symbol: symbol.into(),
            ..Work::default()
        }
    }

    #[test]
    fn the_slow_class_dominates_the_port() {
        let mut samples = vec![work("BINARY_OP_ADD_INT", "", ""); 50];
        samples.extend(vec![work("CALL", "dict.get", ""); 50]);
        let shares = Shares::of(samples.iter());
        assert_eq!(shares.share(Class::Hashing), 0.5);
        let by_hand = 1.0 / (0.5 / gain(Class::Interpreter) + 0.5 / gain(Class::Hashing));
        let gain = shares.gain().unwrap();
        assert!((gain - by_hand).abs() < 0.001, "{gain}");
        assert_eq!(shares.in_a_port()[0].0, Class::Hashing);
    }

    #[test]
    fn sorts_are_split_like_their_comparisons() {
        let sort = |symbol| work("CALL", "list.sort", symbol);
        let samples = [
            sort("merge_at"),
            sort("merge_at"),
            sort("unsafe_latin_compare"),
            sort("count_run"),
        ];
        assert_eq!(Shares::of(samples.iter()).share(Class::TextSort), 1.0);
        assert_eq!(Shares::of(samples[..2].iter()).share(Class::Sort), 0.5);
    }

    #[test]
    fn integers_are_big_if_their_digits_take_most_of_the_time() {
        let (digits, plain) = (
            work("BINARY_OP", "", "x_mul"),
            work("BINARY_OP_ADD_INT", "", "_PyEval"),
        );
        let of = |digits_count: usize| {
            let mut samples = vec![plain.clone(); 10];
            samples.extend(vec![digits.clone(); digits_count]);
            Shares::of(samples.iter())
        };
        assert_eq!(of(5).share(Class::BigIntegers), 0.0);
        assert!(of(30).share(Class::BigIntegers) > 0.7);
    }

    #[test]
    fn no_samples_give_no_forecast() {
        assert_eq!(Shares::of([].iter()).gain(), None);
    }

    #[test]
    fn the_remaining_shares_add_up_to_one() {
        let samples = [work("CALL", "posix.read", ""), work("NOP", "", "")];
        let rest = Shares::of(samples.iter()).without(Class::System, 0.5);
        assert_eq!(
            (rest.share(Class::System), rest.share(Class::Interpreter)),
            (0.0, 1.0)
        );
    }
}
