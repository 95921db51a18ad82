//! The cost of a call from Python into Rust, and what it means for loops.

use crate::diagnose::boundary::{Boundary, Crossing};
use crate::estimate::{Middle, slope};

/// A loop without a call, whose time is subtracted from all others.
pub const LOOP: &str = "no call";

/// The call that stays in Python.
pub const IN_PYTHON: &str = "nothing, to a Python function";

/// The cheapest call that passes a number.
const NUMBER: &str = "float";

/// The cost of one type of argument, in seconds, without the loop around the calls: medians over processes.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Cost {
    pub argument: String,
    /// Per call; for a type with several sizes, with the fewest elements.
    pub per_call: Middle,
    /// Per additional element, over all sizes; `None` for a type with one size.
    pub per_element: Option<Middle>,
    /// The cost of a whole call, by number of elements.
    pub points: Vec<(u64, Middle)>,
}

/// The costs of all types, without the loop itself.
///
/// For a type with several sizes each process gives a slope (`slope`, Theil–Sen); the median is over processes, as for any
/// other value. The intercept is not used: the cost per element grows with their number once they leave the nearest cache,
/// and the line would start below zero.
pub fn costs(boundary: &Boundary) -> Vec<Cost> {
    let empty = boundary.crossings.iter().find(|one| one.argument == LOOP);
    let empty: &[f64] = empty
        .and_then(|one| one.points.first())
        .map_or(&[], |(_, seconds)| seconds);
    let others = boundary.crossings.iter().filter(|one| one.argument != LOOP);
    others.filter_map(|one| cost(one, empty)).collect()
}

fn cost(crossing: &Crossing, empty: &[f64]) -> Option<Cost> {
    // The i-th value of every point comes from the i-th process.
    let net = |seconds: &[f64]| -> Vec<f64> {
        let of_loop = |at: usize| empty.get(at).copied().unwrap_or(0.0);
        seconds
            .iter()
            .enumerate()
            .map(|(at, s)| s - of_loop(at))
            .collect()
    };
    let nets: Vec<(u64, Vec<f64>)> = crossing
        .points
        .iter()
        .map(|(elements, seconds)| (*elements, net(seconds)))
        .collect();
    let points: Option<Vec<(u64, Middle)>> = nets
        .iter()
        .map(|(elements, seconds)| Some((*elements, Middle::of(seconds)?)))
        .collect();
    let points = points?;
    let per_call = points.first()?.1;
    let processes = nets.iter().map(|(_, seconds)| seconds.len()).min().unwrap_or(0);
    let slopes = (0..processes).filter_map(|process| {
        let points = nets
            .iter()
            .map(|(elements, seconds)| (*elements as f64, seconds[process]));
        slope(&points.collect::<Vec<_>>())
    });
    let per_element = Middle::of(&slopes.collect::<Vec<_>>());
    Some(Cost {
        argument: crossing.argument.clone(),
        per_call,
        per_element,
        points,
    })
}

/// The shortest loop body that a call into Rust can replace with a gain, however fast Rust is: the cost of a call that passes
/// one number.
pub fn smallest_body(costs: &[Cost]) -> Option<Middle> {
    let number = costs.iter().find(|cost| cost.argument == NUMBER)?;
    Some(number.per_call)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn crossing(argument: &str, points: &[(u64, f64)]) -> Crossing {
        // Processes of different speed.
        let seconds = |ns: f64| {
            (0..7)
                .map(|k| ns * 1e-9 * (1.0 + 0.02 * f64::from(k - 3)))
                .collect()
        };
        Crossing {
            argument: argument.into(),
            points: points.iter().map(|(n, ns)| (*n, seconds(*ns))).collect(),
        }
    }

    fn boundary() -> Boundary {
        let list = |n: u64| (n, 20.0 + 50.0 + 8.0 * n as f64);
        Boundary {
            crossings: vec![
                crossing(LOOP, &[(0, 20.0)]),
                crossing(IN_PYTHON, &[(0, 70.0)]),
                crossing("float", &[(1, 75.0)]),
                crossing("list of float", &[1, 10, 100, 1000].map(list)),
            ],
        }
    }

    #[test]
    fn calls_and_elements_are_separated_and_the_loop_is_subtracted() {
        let costs = costs(&boundary());
        let near = |middle: Middle, ns: f64| (middle.value * 1e9 - ns).abs() < 1e-6;
        assert_eq!(costs.len(), 3);
        assert!(near(costs[0].per_call, 50.0) && costs[0].per_element.is_none());
        let list = &costs[2];
        assert!(near(list.per_call, 58.0), "{list:?}");
        assert!(near(list.per_element.unwrap(), 8.0), "{list:?}");
        let (low, high) = list.per_element.unwrap().interval.unwrap();
        assert!(low < 8e-9 && high > 8e-9 && high < 9e-9);
        assert!(near(list.points[3].1, 8050.0));
        assert!(near(smallest_body(&costs).unwrap(), 55.0));
    }

    #[test]
    fn missing_points_are_left_out() {
        let mut odd = boundary();
        odd.crossings[2].points.clear();
        odd.crossings[3].points[1].1.clear();
        let costs = costs(&odd);
        assert_eq!(costs.len(), 1);
        assert_eq!(smallest_body(&costs), None);
    }
}
