//! The slope of a straight line through a few points, robust to outliers.

use super::middle::median;

/// The slope of the line through the points `(x, y)`: how much y grows per unit of x.
///
/// ```text
/// median over i < j of (yⱼ − yᵢ) ÷ (xⱼ − xᵢ)
/// ```
///
/// It is Theil's (*A rank-invariant method of linear and polynomial regression analysis*, 1950), for repeated values of
/// x as by Sen (*Estimates of the regression coefficient based on Kendall's tau*, JASA 63, 1968): such pairs are left
/// out. Up to 29 % of the points may be wild without spoiling it. Points that are not finite are dropped; `None` unless
/// two different values of x remain.
pub(crate) fn slope(points: &[(f64, f64)]) -> Option<f64> {
    let sound: Vec<_> = points
        .iter()
        .filter(|(x, y)| x.is_finite() && y.is_finite())
        .collect();
    let mut slopes = Vec::new();
    for (at, (x, y)) in sound.iter().copied().enumerate() {
        let later = sound[at + 1..].iter().filter(|(other, _)| other != x);
        slopes.extend(later.map(|(other_x, other_y)| (other_y - y) / (other_x - x)));
    }
    slopes.retain(|slope| slope.is_finite());
    median(slopes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn one_wild_point_does_not_spoil_it() {
        let on_line = |x: f64| (x, 40.0 + 7.0 * x);
        let mut points: Vec<_> = [1.0, 10.0, 100.0, 300.0, 1000.0].map(on_line).into();
        assert!((slope(&points).unwrap() - 7.0).abs() < 1e-12);
        points[3].1 *= 50.0;
        assert!((slope(&points).unwrap() - 7.0).abs() < 1e-9);
    }

    #[test]
    fn one_value_of_x_gives_no_line() {
        assert_eq!(slope(&[]), None);
        assert_eq!(slope(&[(1.0, 2.0), (1.0, 3.0)]), None);
        assert_eq!(slope(&[(1.0, 2.0), (f64::NAN, 3.0), (5.0, f64::INFINITY)]), None);
    }

    proptest! {
        #[test]
        fn a_shift_and_a_factor_go_through(
            start in -100.0..100.0_f64, truth in -10.0..10.0_f64, factor in 0.1..10.0_f64, noise in prop::array::uniform4(-1.0..1.0_f64)
        ) {
            let y = |x: f64, at: usize| start + truth * x + noise[at];
            let xs = [1.0, 10.0, 100.0, 1000.0];
            let points: Vec<_> = xs.iter().enumerate().map(|(at, &x)| (x, y(x, at))).collect();
            let scaled: Vec<_> = points.iter().map(|(x, y)| (*x, y * factor)).collect();
            let (here, there) = (slope(&points).unwrap(), slope(&scaled).unwrap());
            prop_assert!((there - factor * here).abs() < 1e-9);
            // Three of the six slopes include the last point, about a thousand away, with noise of at most 2.
            prop_assert!((here - truth).abs() < 0.25, "{here} for {truth}");
        }

        #[test]
        fn any_numbers_are_accepted(points in prop::collection::vec((proptest::num::f64::ANY, proptest::num::f64::ANY), 0..12)) {
            let _ = slope(&points);
        }
    }
}
