//! Move balls in a box: small objects with methods and an overloaded operator.

use crate::draw::*;
use pairbench::registry::prelude::*;
use std::ops::Add;

/// The pair.
pub fn pair() -> Pair {
    Pair::new(Profile::Flat, "moves balls that bounce in a box")
        .input(generate)
        .cases("steps", &[5, 150, 600])
        .rust(rust)
        .build()
}

#[derive(Serialize)]
struct Input {
    width: f64,
    height: f64,
    balls: Vec<((f64, f64), (f64, f64))>,
    steps: u64,
}

fn generate(steps: u64, seed: u64) -> Input {
    let mut rng = rng(seed);
    let mut ball = |_| {
        (
            (rng.random_range(0.0..10.0), rng.random_range(0.0..6.0)),
            (rng.random_range(-9.0..9.0), rng.random_range(-9.0..9.0)),
        )
    };
    Input {
        width: 10.0,
        height: 6.0,
        balls: (0..60).map(&mut ball).collect(),
        steps,
    }
}

#[derive(Clone, Copy)]
struct Vector {
    x: f64,
    y: f64,
}

impl Add for Vector {
    type Output = Vector;

    fn add(self, other: Vector) -> Vector {
        Vector {
            x: self.x + other.x,
            y: self.y + other.y,
        }
    }
}

impl Vector {
    fn scaled(self, factor: f64) -> Vector {
        Vector {
            x: self.x * factor,
            y: self.y * factor,
        }
    }
}

struct Ball {
    position: Vector,
    velocity: Vector,
    bounces: u32,
}

impl Ball {
    fn step(&mut self, dt: f64, width: f64, height: f64) {
        self.position = self.position + self.velocity.scaled(dt);
        if !(0.0..=width).contains(&self.position.x) {
            self.velocity.x = -self.velocity.x;
            self.bounces += 1;
        }
        if !(0.0..=height).contains(&self.position.y) {
            self.velocity.y = -self.velocity.y;
            self.bounces += 1;
        }
    }
}

fn rust(input: &Input) -> Vec<(f64, f64, u32)> {
    let vector = |(x, y)| Vector { x, y };
    let ball = |&(position, velocity): &(_, _)| Ball {
        position: vector(position),
        velocity: vector(velocity),
        bounces: 0,
    };
    let mut balls: Vec<Ball> = input.balls.iter().map(ball).collect();
    for _ in 0..input.steps {
        for ball in &mut balls {
            ball.step(0.01, input.width, input.height);
        }
    }
    let seen = |ball: &Ball| (ball.position.x, ball.position.y, ball.bounces);
    balls.iter().map(seen).collect()
}
