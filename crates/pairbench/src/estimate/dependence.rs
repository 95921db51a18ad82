//! How much launches depend on the launches shortly before them.

use super::interval::SIGNED_RANKS_FROM;
use super::middle::median;

/// Half-life of dependence in seconds, as on a machine that changes between two states that last two minutes.
const HALVES_S: f64 = 42.0;

/// Standard errors above which a correlation is not put down to chance, which exceeds this in one run in a thousand.
const SURE: f64 = 3.1;

/// How much launches of a run depend on each other: launches of one ratio that are close in time have more similar
/// values than others.
///
/// A machine changes its state for minutes, and launches in one state resemble each other. Eight launches of one ratio
/// cannot show that, but all ratios of a run together can. Their correlation of neighbours is
///
/// ```text
/// c = Σ (n·r + 1) ÷ Σ (n − 1)       r = Σ eₜeₜ₊₁ ÷ Σ eₜ²
/// ```
///
/// over the ratios, with n launches each and the deviations e from their mean. Independent launches have r = −1/n on
/// average, whatever their distribution, so c is 0, with a standard error of about 1 ÷ √Σ(n − 1) (M. S. Bartlett, *On
/// the theoretical specification and sampling properties of autocorrelated time-series*, 1946). Chance alone makes half
/// of all c positive; so c is shrunk to c³ ÷ (c² + 1 ÷ Σ(n − 1)).
///
/// The model is a part `w` of the launches' variance that halves its correlation every 42 s, or from launch to launch
/// if these are further apart; the rest is chance. c gives w, and w gives the variance of a mean of n launches: V times
/// that of independent ones. The interval becomes √(V(n − 1) ÷ (n − V)) times as wide (H. J. Thiébaux and F. W. Zwiers,
/// *The interpretation and estimation of effective sample size*, 1984).
#[derive(Debug, Clone, Copy, Default, PartialEq)]
#[non_exhaustive]
pub struct Dependence {
    /// c, before shrinking.
    pub neighbours: f64,
    /// Σ(n − 1). Ratios of one pair share their launches and count once.
    links: f64,
    /// w.
    state: f64,
}

/// One launch of a ratio: when it started in seconds, and its logarithm.
pub type Timed = (f64, f64);

impl Dependence {
    /// From the launches of all ratios, grouped by pair. Ratios with fewer than six launches are left out.
    pub fn of(pairs: &[Vec<Vec<Timed>>]) -> Self {
        let (mut sum, mut links, mut kernels) = (0.0, 0.0, Vec::new());
        for ratios in pairs {
            let found: Vec<_> = ratios
                .iter()
                .filter_map(|launches| correlation(launches))
                .collect();
            for (correlation, kernel) in &found {
                let part = kernel.links() / found.len() as f64;
                sum += part * correlation;
                links += part;
                kernels.push((part, *kernel));
            }
        }
        let neighbours = if links > 0.0 { sum / links } else { 0.0 };
        let shrunk = neighbours.max(0.0).powi(3) / (neighbours.powi(2) + 1.0 / links.max(1.0));
        let expected = |state: f64| {
            let all = kernels.iter().map(|(part, kernel)| part * kernel.expected(state));
            all.sum::<f64>() / links
        };
        // The expected correlation grows with w, so bisection finds it.
        let (mut low, mut high) = (0.0, 1.0);
        for _ in 0..if shrunk > 0.0 { 30 } else { 0 } {
            let middle = f64::midpoint(low, high);
            match expected(middle) < shrunk {
                true => low = middle,
                false => high = middle,
            }
        }
        Dependence {
            neighbours,
            links,
            state: low,
        }
    }

    /// Whether chance is ruled out, at one in a thousand.
    pub(crate) fn is_sure(self) -> bool {
        self.neighbours * self.links.sqrt() > SURE
    }

    /// The factor by which to widen the interval over launches that started at these times.
    pub(crate) fn widening(self, starts: &[f64]) -> f64 {
        if self.state == 0.0 || starts.len() < SIGNED_RANKS_FROM as usize {
            return 1.0;
        }
        let n = starts.len() as f64;
        // As the variance approaches n, the interval becomes infinite.
        let variance = Kernel::of(starts).variance(self.state).min(0.75 * n);
        (variance * (n - 1.0) / (n - variance)).sqrt()
    }
}

/// The correlation of neighbours, 0 on average for independent launches, and how the launches are spaced in time.
fn correlation(launches: &[Timed]) -> Option<(f64, Kernel)> {
    let mut launches: Vec<Timed> = launches.iter().copied().filter(|one| one.1.is_finite()).collect();
    launches.sort_by(|a, b| a.0.total_cmp(&b.0));
    let n = launches.len() as f64;
    let mean = launches.iter().map(|one| one.1).sum::<f64>() / n;
    let deviations: Vec<f64> = launches.iter().map(|one| one.1 - mean).collect();
    let squares: f64 = deviations.iter().map(|e| e * e).sum();
    let products: f64 = deviations.windows(2).map(|two| two[0] * two[1]).sum();
    let r = products / squares;
    let starts: Vec<f64> = launches.iter().map(|one| one.0).collect();
    (launches.len() >= SIGNED_RANKS_FROM as usize && r.is_finite())
        .then(|| ((n * r + 1.0) / (n - 1.0), Kernel::of(&starts)))
}

/// The spacing in time of one ratio's launches, reduced to what dependence needs.
#[derive(Debug, Clone, Copy)]
struct Kernel {
    launches: f64,
    /// The correlation of neighbours, if all variance came from states.
    neighbours: f64,
    /// The same for any two launches, on average.
    any: f64,
}

impl Kernel {
    fn of(starts: &[f64]) -> Self {
        let mut starts = starts.to_vec();
        starts.sort_by(f64::total_cmp);
        let gaps = |starts: &[f64]| starts.windows(2).map(|two| two[1] - two[0]).collect::<Vec<_>>();
        let usual = median(gaps(&starts)).filter(|gap| *gap > 0.0);
        if usual.is_none() {
            // Without usable start times, only the order is known.
            starts = (0..starts.len() as u32).map(f64::from).collect();
        }
        let halves = usual.map_or(1.0, |usual| usual.max(HALVES_S));
        let correlation = |seconds: f64| 0.5_f64.powf(seconds / halves);
        let n = starts.len() as f64;
        let neighbours = gaps(&starts).into_iter().map(correlation).sum::<f64>() / (n - 1.0);
        let pairs = (1..starts.len()).flat_map(|i| {
            starts[..i].iter().map({
                let start = starts[i];
                move |earlier| start - earlier
            })
        });
        let any = pairs.map(correlation).sum::<f64>() * 2.0 / (n * (n - 1.0));
        Kernel {
            launches: n,
            neighbours,
            any,
        }
    }

    fn links(self) -> f64 {
        self.launches - 1.0
    }

    /// The variance of the mean ÷ that of independent launches, if this part of the variance comes from states.
    fn variance(self, state: f64) -> f64 {
        1.0 + self.links() * state * self.any
    }

    /// The correlation of neighbours that launches then show: deviations from their own mean hide what all launches
    /// share.
    fn expected(self, state: f64) -> f64 {
        state * (self.neighbours - self.any) / (1.0 - state * self.any)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::{collection::vec, prelude::*};

    /// Launches every 42 s, so that the correlation halves from each to the next.
    fn launches(logs: &[f64]) -> Vec<Timed> {
        let starts = (0..logs.len() as u32).map(|pass| f64::from(pass) * HALVES_S);
        starts.zip(logs.iter().copied()).collect()
    }

    fn of(all: &[&[f64]]) -> Dependence {
        let pairs: Vec<_> = all.iter().map(|logs| vec![launches(logs)]).collect();
        Dependence::of(&pairs)
    }

    const STATES: [f64; 12] = [1.0, 1.2, 1.1, 3.0, 3.1, 3.2, 1.2, 1.0, 1.1, 3.1, 3.0, 3.2];
    const SPREAD: [f64; 12] = [1.0, 3.2, 1.1, 3.1, 3.0, 1.2, 3.1, 1.0, 1.2, 3.0, 1.1, 3.2];

    #[test]
    fn correlations_by_hand() {
        // Deviations −5, −3, −1, 1, 3, 5 from the mean: Σ e² = 70, Σ eₜeₜ₊₁ = 15 + 3 − 1 + 3 + 15 = 35.
        let (c, kernel) = correlation(&launches(&[0.0, 2.0, 4.0, 6.0, 8.0, 10.0])).unwrap();
        assert!((c - (6.0 * 0.5 + 1.0) / 5.0).abs() < 1e-12, "{c}");
        assert!((kernel.neighbours - 0.5).abs() < 1e-12);
        // Five pairs of launches at distance 1, four at 2, and so on.
        let any = (5.0 / 2.0 + 4.0 / 4.0 + 3.0 / 8.0 + 2.0 / 16.0 + 1.0 / 32.0) / 15.0;
        assert!((kernel.any - any).abs() < 1e-12);
        assert!((kernel.variance(1.0) - (1.0 + 5.0 * any)).abs() < 1e-12);
        assert_eq!(correlation(&launches(&[1.0; 9])).map(|one| one.0), None);
        assert_eq!(correlation(&launches(&SPREAD[..5])).map(|one| one.0), None);
    }

    #[test]
    fn states_widen_and_chance_does_not() {
        let starts: Vec<f64> = launches(&STATES).iter().map(|one| one.0).collect();
        let found = of(&[&STATES[..]; 4]);
        assert!(found.is_sure() && found.neighbours > 0.3, "{found:?}");
        let wider = found.widening(&starts);
        assert!((1.3..2.5).contains(&wider), "{wider}");
        // One ratio alone proves nothing and widens at most as much.
        let one = of(&[&STATES]);
        assert!(!one.is_sure() && one.widening(&starts) <= wider, "{one:?}");
        let none = of(&[&SPREAD[..]; 4]);
        assert!(none.neighbours < 0.0 && none.widening(&starts) == 1.0, "{none:?}");
        assert_eq!(of(&[]), Dependence::default());
        assert_eq!(found.widening(&starts[..5]), 1.0);
    }

    #[test]
    fn ratios_of_one_pair_count_once() {
        let three = vec![launches(&STATES); 3];
        let (alone, together) = (of(&[&STATES]), Dependence::of(&[three]));
        assert!((alone.links - together.links).abs() < 1e-9 && (alone.state - together.state).abs() < 1e-6);
    }

    proptest! {
        #[test]
        fn any_launches_are_accepted(
            all in vec(vec((proptest::num::f64::ANY, proptest::num::f64::ANY), 0..20), 0..4),
            starts in vec(proptest::num::f64::ANY, 0..20),
        ) {
            let found = Dependence::of(&[all]);
            let wider = found.widening(&starts);
            prop_assert!((0.0..=1.0).contains(&found.state), "{found:?}");
            prop_assert!(wider >= 1.0, "{wider}");
        }

        #[test]
        fn an_interval_never_becomes_narrower(logs in vec(-1.0..1.0_f64, 6..30)) {
            let found = of(&[&logs]);
            let starts: Vec<f64> = launches(&logs).iter().map(|one| one.0).collect();
            prop_assert!(found.widening(&starts) >= 1.0);
        }
    }
}
