//! What limits the speed-up by more workers: Gunther's Universal Scalability Law.

/// The two shares of the law, fitted to measured speed-ups.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub struct Scalability {
    /// Serial share σ: the part of one worker's time that does not get shorter, from 0 to 1.
    pub serial: f64,
    /// Contention κ (Gunther's coherence): what each further worker adds, as a part of one worker's time. From 0.
    pub contention: f64,
    /// How far the law misses the points, as a share of their times (root mean square). With only two points besides
    /// that of one worker the law must go through them, and this shows nothing.
    pub misfit: f64,
}

/// A measured speed-up.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Point {
    /// Number of workers.
    pub workers: u32,
    /// Time of one worker ÷ time of this many.
    pub speed_up: f64,
}

impl Scalability {
    /// Fits the law to speed-ups on a machine with this many cores. Points of one worker, and those that are not
    /// positive and finite, are left out.
    ///
    /// Gunther's law (N. J. Gunther, *Guerrilla Capacity Planning*, 2007) gives N workers on N cores the speed-up
    ///
    /// ```text
    /// C(N) = N ÷ (1 + σ (N − 1) + κ N (N − 1))
    /// ```
    ///
    /// which is Amdahl's for κ = 0. As a time relative to that of one worker,
    ///
    /// ```text
    /// 1 ÷ C(N) = σ + (1 − σ) ÷ N + κ (N − 1)
    /// ```
    ///
    /// a serial part, a part that is divided, and a part that grows with every worker. In this form it can be extended
    /// one step past the cores: work is divided by at most `min(N, cores)`, while workers keep getting in each other's
    /// way. That step is an assumption of this fit, not of Gunther's, and on two cores it is what separates κ from σ.
    ///
    /// Least squares of the relative error in time, under 0 ≤ σ ≤ 1 and κ ≥ 0; the law is linear in both, so the
    /// minimum is exact. `None` with fewer than two points beyond one worker: one number cannot be divided in two. With
    /// just two the law goes through both if the bounds allow it, and nothing shows whether it holds.
    pub(crate) fn fit(points: &[Point], cores: u32) -> Option<Self> {
        let rows: Vec<Row> = points
            .iter()
            .filter(|point| point.workers > 1 && point.speed_up > 0.0 && point.speed_up.is_finite())
            .map(|point| Row::of(point, cores))
            .collect();
        let mut distinct: Vec<u32> = rows.iter().map(|row| row.workers).collect();
        distinct.sort_unstable();
        distinct.dedup();
        if distinct.len() < 2 {
            return None;
        }
        let error = |(serial, contention): (f64, f64)| -> f64 {
            rows.iter().map(|row| row.error(serial, contention).powi(2)).sum()
        };
        let (serial, contention) = candidates(&rows)
            .into_iter()
            .min_by(|a, b| error(*a).total_cmp(&error(*b)))?;
        Some(Scalability {
            serial,
            contention,
            misfit: (error((serial, contention)) / rows.len() as f64).sqrt(),
        })
    }

    /// The speed-up that the law predicts for this many workers.
    pub fn speed_up(&self, workers: u32, cores: u32) -> f64 {
        let n = f64::from(workers);
        let divided = f64::from(workers.min(cores).max(1));
        1.0 / (self.serial + (1.0 - self.serial) / divided + self.contention * (n - 1.0))
    }
}

/// One point as a linear equation in σ and κ, divided by its time: `a σ + b κ = y`.
struct Row {
    workers: u32,
    a: f64,
    b: f64,
    y: f64,
}

impl Row {
    fn of(point: &Point, cores: u32) -> Self {
        let divided = f64::from(point.workers.min(cores).max(1));
        Row {
            workers: point.workers,
            a: (1.0 - 1.0 / divided) * point.speed_up,
            b: f64::from(point.workers - 1) * point.speed_up,
            y: 1.0 - point.speed_up / divided,
        }
    }

    fn error(&self, serial: f64, contention: f64) -> f64 {
        self.a * serial + self.b * contention - self.y
    }
}

/// A convex function has its minimum over a region inside it or on an edge, so these are the free minimum, if it is
/// allowed, and the minimum along each edge.
fn candidates(rows: &[Row]) -> Vec<(f64, f64)> {
    let sum = |of: fn(&Row) -> f64| rows.iter().map(of).sum::<f64>();
    let (aa, ab, bb) = (sum(|r| r.a * r.a), sum(|r| r.a * r.b), sum(|r| r.b * r.b));
    let (ay, by) = (sum(|r| r.a * r.y), sum(|r| r.b * r.y));
    let along = |numerator: f64, denominator: f64| match numerator / denominator {
        best if best.is_finite() => best.max(0.0),
        _ => 0.0,
    };
    let mut all = vec![
        (along(ay, aa).min(1.0), 0.0),
        (0.0, along(by, bb)),
        (1.0, along(by - ab, bb)),
    ];
    let determinant = aa * bb - ab * ab;
    let free = (
        (ay * bb - by * ab) / determinant,
        (by * aa - ay * ab) / determinant,
    );
    if (0.0..=1.0).contains(&free.0) && free.1 >= 0.0 && free.1.is_finite() {
        all.push(free);
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn made_up(serial: f64, contention: f64, workers: u32, cores: u32) -> Vec<Point> {
        let law = Scalability {
            serial,
            contention,
            misfit: 0.0,
        };
        let point = |workers| Point {
            workers,
            speed_up: law.speed_up(workers, cores),
        };
        (1..=workers).map(point).collect()
    }

    #[test]
    fn on_enough_cores_the_law_is_gunthers() {
        let law = Scalability {
            serial: 0.05,
            contention: 0.002,
            misfit: 0.0,
        };
        for n in 1..=32 {
            let x = f64::from(n);
            let gunther = x / (1.0 + 0.05 * (x - 1.0) + 0.002 * x * (x - 1.0));
            assert!((law.speed_up(n, 32) - gunther).abs() < 1e-12, "{n}");
        }
        // Amdahl: a tenth serial is at most ten times as fast.
        let amdahl = Scalability {
            serial: 0.1,
            contention: 0.0,
            misfit: 0.0,
        };
        assert!((amdahl.speed_up(1_000_000, 1_000_000) - 10.0).abs() < 1e-3);
    }

    #[test]
    fn threads_that_take_turns_are_serial_throughout() {
        let turns: Vec<Point> = (1..=3)
            .map(|workers| Point {
                workers,
                speed_up: 1.0,
            })
            .collect();
        let fit = Scalability::fit(&turns, 2).unwrap();
        assert!(
            (fit.serial - 1.0).abs() < 1e-12 && fit.contention < 1e-12,
            "{fit:?}"
        );
        // Slower with each worker: the serial share is at most 1; the rest is contention.
        let slower = made_up(1.0, 0.03, 3, 2);
        let fit = Scalability::fit(&slower, 2).unwrap();
        assert!(
            (fit.serial - 1.0).abs() < 1e-9 && (fit.contention - 0.03).abs() < 1e-9,
            "{fit:?}"
        );
    }

    #[test]
    fn better_than_ideal_is_no_negative_share() {
        let more =
            [(1, 1.0), (2, 2.1), (3, 3.3), (4, 4.4)].map(|(workers, speed_up)| Point { workers, speed_up });
        let fit = Scalability::fit(&more, 4).unwrap();
        assert_eq!((fit.serial, fit.contention), (0.0, 0.0));
        assert!(fit.misfit > 0.04, "{fit:?}");
    }

    #[test]
    fn one_number_is_not_divided_in_two() {
        let point = Point {
            workers: 2,
            speed_up: 1.8,
        };
        assert_eq!(Scalability::fit(&[point; 3], 2), None);
        assert_eq!(Scalability::fit(&[], 2), None);
    }

    proptest! {
        #[test]
        fn known_shares_are_found(serial in 0.0..1.0_f64, contention in 0.0..0.2_f64, cores in 2..12_u32) {
            let fit = Scalability::fit(&made_up(serial, contention, cores + 1, cores), cores).unwrap();
            prop_assert!((fit.serial - serial).abs() < 1e-6, "{fit:?}");
            prop_assert!((fit.contention - contention).abs() < 1e-6, "{fit:?}");
            prop_assert!(fit.misfit < 1e-6);
        }

        #[test]
        fn a_little_noise_moves_the_shares_a_little(
            serial in 0.0..0.9_f64, contention in 0.0..0.1_f64, noise in prop::collection::vec(-0.01..0.01_f64, 8)
        ) {
            let mut points = made_up(serial, contention, 8, 8);
            for (point, noise) in points.iter_mut().zip(noise) {
                point.speed_up *= 1.0 + noise;
            }
            let fit = Scalability::fit(&points, 8).unwrap();
            prop_assert!((fit.serial - serial).abs() < 0.12, "{fit:?} for {serial}, {contention}");
            prop_assert!((fit.contention - contention).abs() < 0.03, "{fit:?} for {serial}, {contention}");
            prop_assert!(fit.misfit < 0.015);
        }

        #[test]
        fn no_allowed_shares_fit_better(
            times in prop::collection::vec(0.1..3.0_f64, 2..8), serial in 0.0..1.0_f64, contention in 0.0..0.5_f64, cores in 1..9_u32
        ) {
            let point = |(at, time): (usize, &f64)| Point { workers: at as u32 + 2, speed_up: 1.0 / time };
            let points: Vec<Point> = times.iter().enumerate().map(point).collect();
            let fit = Scalability::fit(&points, cores).unwrap();
            let other = Scalability { serial, contention, misfit: 0.0 };
            let misfit = |law: &Scalability| {
                let errors = points.iter().map(|p| (p.speed_up / law.speed_up(p.workers, cores) - 1.0).powi(2));
                (errors.sum::<f64>() / points.len() as f64).sqrt()
            };
            prop_assert!((0.0..=1.0).contains(&fit.serial) && fit.contention >= 0.0);
            prop_assert!(fit.misfit <= misfit(&other) + 1e-9, "{fit:?} {other:?}");
            prop_assert!((fit.misfit - misfit(&fit)).abs() < 1e-9);
        }
    }
}
