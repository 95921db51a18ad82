//! A count out of a total, with its confidence interval.

use std::fmt;

/// `k` of `n`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Count {
    /// How often it happened.
    pub k: u32,
    /// Out of how many.
    pub n: u32,
}

impl Count {
    /// The share; `None` if `n` is 0.
    pub fn share(self) -> Option<f64> {
        (self.n > 0).then(|| f64::from(self.k) / f64::from(self.n))
    }

    /// Wilson's 95 % interval of the share (E. B. Wilson, *Probable inference, the law of succession, and statistical
    /// inference*, JASA 22, 1927); 0 to 1 if `n` is 0:
    ///
    /// ```text
    /// (p + z²/2n ± z √(p(1 − p)/n + z²/4n²)) ÷ (1 + z²/n),   z = 1.96
    /// ```
    ///
    /// It assumes independent trials. Comparisons that share a run are not quite independent.
    pub fn wilson(self) -> (f64, f64) {
        let Some(p) = self.share() else {
            return (0.0, 1.0);
        };
        let (n, z) = (f64::from(self.n), 1.959_963_984_540_054_f64);
        let z2n = z * z / n;
        let centre = p + z2n / 2.0;
        let reach = (z2n * (p * (1.0 - p) + z2n / 4.0)).sqrt();
        let end = |end: f64| (end / (1.0 + z2n)).clamp(0.0, 1.0);
        (end(centre - reach), end(centre + reach))
    }
}

impl FromIterator<bool> for Count {
    fn from_iter<T: IntoIterator<Item = bool>>(answers: T) -> Self {
        answers.into_iter().fold(Count::default(), |count, yes| Count {
            k: count.k + u32::from(yes),
            n: count.n + 1,
        })
    }
}

impl fmt::Display for Count {
    /// `3/40: 8 % [3–20]`, with Wilson's interval in percent; `—` if `n` is 0.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some(share) = self.share() else {
            return f.pad("—");
        };
        let (low, high) = self.wilson();
        f.pad(&format!(
            "{}/{}: {:.0} % [{:.0}–{:.0}]",
            self.k,
            self.n,
            share * 100.0,
            low * 100.0,
            high * 100.0
        ))
    }
}
