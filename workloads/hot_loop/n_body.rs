//! The Sun and its four giant planets, moved step by step under their gravity.
//!
//! Celestial mechanics, molecular dynamics, particles in games and every other simulation that sums forces
//! over pairs of bodies look like this: a few objects with a handful of floats each, and one double loop over
//! them that runs for nearly all of the time. The problem is that of the well-known benchmark of the same
//! name.
//!
//! It does not show what many bodies would ask for: trees or grids instead of all pairs, arrays that do not
//! fit into a cache, NumPy. With five bodies there is nothing for an array library to do at once. And no side
//! uses vector instructions explicitly, which the fastest published programs do. Bodies that meet and a Sun
//! without mass are left out: Python does not divide by zero.

use pairbench::registry::prelude::*;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use std::f64::consts::{PI, TAU};

/// Where everything begins, and how far it goes.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Input {
    /// The Sun first.
    bodies: [Body; BODIES],
    /// The length of a step, in years.
    dt: f64,
    /// How many steps.
    steps: u64,
    /// The energy is noted each time after this many of them.
    every: u64,
}

/// The Sun and the planets.
const BODIES: usize = 5;

/// Lengths are in astronomical units, times in years, masses in such units that the constant of gravity is 1.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Body {
    position: [f64; 3],
    velocity: [f64; 3],
    mass: f64,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
struct Output {
    energies: Vec<f64>,
    positions: Vec<[f64; 3]>,
    velocities: Vec<[f64; 3]>,
}

/// So that a body at distance 1 goes round in a year.
const SOLAR_MASS: f64 = 4.0 * PI * PI;

/// Distance (half of the longest axis), eccentricity, inclination in degrees, and how many of it make a Sun.
const PLANETS: [(f64, f64, f64, f64); 4] = [
    (5.203, 0.0484, 1.304, 1_047.35),
    (9.537, 0.0539, 2.486, 3_497.9),
    (19.189, 0.0473, 0.773, 22_903.0),
    (30.070, 0.0086, 1.770, 19_412.0),
];

/// The real orbits, each turned by lot; every planet begins where it is nearest to the Sun.
fn generate(size: u64, seed: u64) -> Input {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let sun = Body {
        position: [0.0; 3],
        // Not used: the Sun gets the momentum that lets the system rest, whatever it has.
        velocity: [0.1, -0.2, 0.3],
        mass: SOLAR_MASS,
    };
    let [a, b, c, d] = PLANETS.map(|(axis, eccentricity, inclination, part)| {
        let (sin, cos) = (rng.random::<f64>() * TAU).sin_cos();
        let (up, along) = inclination.to_radians().sin_cos();
        let distance = axis * (1.0 - eccentricity);
        let speed = (SOLAR_MASS * (1.0 + eccentricity) / distance).sqrt();
        Body {
            position: [distance * cos, distance * sin * along, distance * sin * up],
            velocity: [-speed * sin, speed * cos * along, speed * cos * up],
            mass: SOLAR_MASS / part,
        }
    });
    Input {
        bodies: [sun, a, b, c, d],
        dt: 0.01,
        steps: size,
        every: 50,
    }
}

/// Gives the first body the momentum that lets the whole system rest.
fn rest(bodies: &mut [Body]) {
    let (first, others) = bodies.split_first_mut().expect("a Sun");
    for axis in 0..3 {
        let mut momentum = 0.0;
        for body in &*others {
            momentum += body.velocity[axis] * body.mass;
        }
        first.velocity[axis] = -momentum / first.mass;
    }
}

/// The way from `b` to `a`, and its square.
fn between(a: &Body, b: &Body) -> ([f64; 3], f64) {
    let [dx, dy, dz] = [0, 1, 2].map(|axis| a.position[axis] - b.position[axis]);
    ([dx, dy, dz], dx * dx + dy * dy + dz * dz)
}

/// Moves all bodies by some steps: velocities by the forces of all pairs, then positions.
///
/// Every operation is the same as in Python and in the same order, so the results are equal to the last bit. How many
/// bodies there are is part of the type, as in the published programs: the compiler unrolls both loops.
fn advance<const N: usize>(bodies: &mut [Body; N], dt: f64, steps: u64) {
    for _ in 0..steps {
        for i in 1..bodies.len() {
            let (before, after) = bodies.split_at_mut(i);
            let a = &mut before[i - 1];
            for b in after {
                let (way, squared) = between(a, b);
                let pull = dt / (squared * squared.sqrt());
                let (pull_a, pull_b) = (a.mass * pull, b.mass * pull);
                for ((v, w), d) in a.velocity.iter_mut().zip(&mut b.velocity).zip(way) {
                    *v -= d * pull_b;
                    *w += d * pull_a;
                }
            }
        }
        for body in &mut *bodies {
            for axis in 0..3 {
                body.position[axis] += dt * body.velocity[axis];
            }
        }
    }
}

/// The kinetic and potential energy of all bodies.
fn energy(bodies: &[Body]) -> f64 {
    let mut total = 0.0;
    for Body {
        velocity: [x, y, z],
        mass,
        ..
    } in bodies
    {
        total += 0.5 * mass * (x * x + y * y + z * z);
    }
    for (i, a) in bodies.iter().enumerate() {
        for b in &bodies[i + 1..] {
            let (_, squared) = between(a, b);
            total -= a.mass * b.mass / squared.sqrt();
        }
    }
    total
}

fn rust(input: &Input) -> Output {
    let mut bodies = input.bodies.clone();
    rest(&mut bodies);
    let mut energies = vec![energy(&bodies)];
    let mut left = input.steps;
    while left > 0 {
        let steps = left.min(input.every);
        advance(&mut bodies, input.dt, steps);
        energies.push(energy(&bodies));
        left -= steps;
    }
    Output {
        energies,
        positions: bodies.iter().map(|body| body.position).collect(),
        velocities: bodies.iter().map(|body| body.velocity).collect(),
    }
}

/// What `native` calls: [`advance`](super::advance), on the lists and tuples that Python keeps its bodies in.
#[cfg(feature = "python")]
mod objects {
    use pyo3::prelude::*;
    use pyo3::types::PyList;

    type Row<'py> = (Bound<'py, PyList>, Bound<'py, PyList>, f64);

    #[pyfunction]
    pub(super) fn advance(system: [Row<'_>; super::BODIES], dt: f64, steps: u64) -> PyResult<()> {
        let mut bodies = Vec::with_capacity(system.len());
        for (position, velocity, mass) in &system {
            bodies.push(super::Body {
                position: position.extract()?,
                velocity: velocity.extract()?,
                mass: *mass,
            });
        }
        let mut bodies: [_; super::BODIES] = bodies.try_into().expect("one for each row");
        super::advance(&mut bodies, dt, steps);
        for ((position, velocity, _), body) in system.iter().zip(&bodies) {
            for axis in 0..3 {
                position.set_item(axis, body.position[axis])?;
                velocity.set_item(axis, body.velocity[axis])?;
            }
        }
        Ok(())
    }
}

/// Refuses more steps than take some milliseconds, notes of the energy after each 0 of them, and what somewhere divides
/// by zero or overflows.
fn valid(input: &Input) -> bool {
    let finite = |output: Output| {
        let vectors = output.positions.iter().chain(&output.velocities);
        vectors.flatten().chain(&output.energies).all(|x| x.is_finite())
    };
    input.steps <= 200 && input.every > 0 && finite(rust(input))
}

/// The pair, as the build script finds it.
pub fn pair() -> Pair {
    Pair::new(Profile::HotLoop, "the giant planets moved under their gravity")
        .input(generate)
        .digs(valid)
        .cases("steps", &[120, 2_000, 20_000])
        // Square roots, sums and products round alike everywhere.
        .tolerance(Tolerance::EXACT)
        .python(&["numba", "mypyc", "native"])
        .native(pairbench::native![objects::advance])
        .replaces("advance")
        .rust(rust)
        .build()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn body(position: [f64; 3], velocity: [f64; 3], mass: f64) -> Body {
        Body {
            position,
            velocity,
            mass,
        }
    }

    #[test]
    fn a_step_worked_out_by_hand() {
        // Distance 2, so that the pull is dt / 8 for each unit of mass.
        let mut bodies = [
            body([0.0; 3], [0.0; 3], 4.0),
            body([0.0, 2.0, 0.0], [1.0, 0.0, 0.0], 8.0),
        ];
        assert_eq!(energy(&bodies), 0.5 * 8.0 - 4.0 * 8.0 / 2.0);
        advance(&mut bodies, 0.5, 1);
        let expected = [
            body([0.0, 0.5, 0.0], [0.0, 1.0, 0.0], 4.0),
            body([0.5, 1.75, 0.0], [1.0, -0.5, 0.0], 8.0),
        ];
        assert_eq!(bodies, expected);
    }

    #[test]
    fn the_system_rests() {
        let mut bodies = generate(1, 7).bodies;
        rest(&mut bodies);
        for axis in 0..3 {
            let momentum: f64 = bodies.iter().map(|b| b.velocity[axis] * b.mass).sum();
            assert!(momentum.abs() < 1e-15, "{momentum}");
        }
    }

    #[test]
    fn a_planet_comes_back_after_its_year() {
        // Jupiter alone and without mass: its period by Kepler's third law, in small steps.
        let [sun, jupiter, ..] = generate(1, 3).bodies;
        let mut bodies = [sun, Body { mass: 0.0, ..jupiter }];
        rest(&mut bodies);
        let start = bodies[1].position;
        let years = PLANETS[0].0.powi(3).sqrt();
        advance(&mut bodies, years / 20_000.0, 20_000);
        let away = between(&bodies[1], &body(start, [0.0; 3], 0.0)).1.sqrt();
        assert!(away < 0.001, "{away}");
    }

    #[test]
    fn energy_is_kept_and_noted() {
        for (steps, notes) in [(0, 1), (1, 2), (50, 2), (51, 3), (1_000, 21)] {
            let output = rust(&generate(steps, 5));
            assert_eq!(output.energies.len(), notes);
            for energy in &output.energies {
                assert!((energy / output.energies[0] - 1.0).abs() < 1e-3, "{output:?}");
            }
        }
    }
}
