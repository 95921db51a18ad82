//! The price of an Asian and of a European call option by Monte-Carlo simulation.
//!
//! Pricing, risk, reliability and queueing models run like this: paths that know nothing of each other, float
//! arithmetic, almost no memory. It divides over cores as well as anything does, so it shows how far each way
//! of running in parallel gets: threads under the interpreter's lock, processes, an extension that releases
//! the lock, a pool of Rust threads.
//!
//! It does not show what shared state costs, nor what a better method would gain (variance reduction,
//! quasi-random numbers, or the closed formula that the European option has and that the tests compare with).
//!
//! The random numbers are L'Ecuyer's combined generator (Communications of the ACM 31, 1988), written out on
//! both sides so that the answers are equal and not only alike. Python's module documentation says what that
//! costs it. At least one path of two steps has to be there, and a market as there are: no rates or deviations
//! beyond 100 % a year, which floats might not hold.

use pairbench::registry::prelude::*;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rayon::prelude::*;
use std::f64::consts::PI;

/// The option, and the paths to simulate.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Input {
    /// What the option is on.
    market: Market,
    /// Half the number of prices along a path: normal numbers come in pairs.
    step_pairs: u32,
    /// Chunks of paths: how many, and the two states that their stream of random numbers starts from.
    chunks: Vec<Chunk>,
}

/// A call option in the model of Black and Scholes.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub struct Market {
    /// The price today.
    spot: f64,
    /// The price at which the option lets its owner buy.
    strike: f64,
    /// Interest a year.
    rate: f64,
    /// Standard deviation of a year's return.
    volatility: f64,
    /// Time until the option can be exercised.
    years: f64,
}

/// Paths, first state, second state.
type Chunk = (u64, u64, u64);

/// Asian payoffs, their squares, European payoffs, their squares.
type Sums = (f64, f64, f64, f64);

#[derive(Debug, Clone, PartialEq, Serialize)]
struct Output {
    asian: f64,
    asian_mean_square: f64,
    chunks: Vec<f64>,
    european: f64,
    european_mean_square: f64,
}

/// Enough for a task to be worth handing out, few enough for many tasks.
const PATHS_PER_CHUNK: u64 = 128;

const MODULUS_1: u64 = 2_147_483_563;
const MODULUS_2: u64 = 2_147_483_399;

/// Twelve prices; the seed moves the market a little and starts the streams.
fn generate(size: u64, seed: u64) -> Input {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let market = Market {
        spot: 100.0,
        strike: rng.random_range(95.0..105.0),
        rate: rng.random_range(0.01..0.05),
        volatility: rng.random_range(0.15..0.35),
        years: rng.random_range(0.5..2.0),
    };
    let chunks = (0..size)
        .step_by(PATHS_PER_CHUNK as usize)
        .map(|first| {
            let paths = PATHS_PER_CHUNK.min(size - first);
            (
                paths,
                rng.random_range(1..MODULUS_1),
                rng.random_range(1..MODULUS_2),
            )
        })
        .collect();
    Input {
        market,
        step_pairs: 6,
        chunks,
    }
}

/// Two multiplicative generators whose difference has a period of about 2·10¹⁸.
struct Generator(u64, u64);

impl Generator {
    /// A number between 0 and 1, and neither of them.
    fn uniform(&mut self) -> f64 {
        self.0 = self.0 * 40014 % MODULUS_1;
        self.1 = self.1 * 40692 % MODULUS_2;
        let difference = (self.0 + (MODULUS_1 - 1) - self.1) % (MODULUS_1 - 1);
        (difference + 1) as f64 / MODULUS_1 as f64
    }
}

/// Sums up the payoffs, and their squares, of one chunk: Asian first, then European.
fn simulate(spot: f64, strike: f64, drift: f64, noise: f64, step_pairs: u32, chunk: Chunk) -> Sums {
    let (paths, s1, s2) = chunk;
    let mut generator = Generator(s1, s2);
    let (mut asian, mut asian_squares, mut european, mut european_squares) = (0.0, 0.0, 0.0, 0.0);
    let steps = f64::from(2 * step_pairs);
    for _ in 0..paths {
        let mut price = spot;
        let mut total = 0.0;
        for _ in 0..step_pairs {
            let (u, v) = (generator.uniform(), generator.uniform());
            // Box and Muller: two uniform numbers become two normal ones.
            let radius = noise * (-2.0 * u.ln()).sqrt();
            let angle = 2.0 * PI * v;
            price *= (drift + radius * angle.cos()).exp();
            total += price;
            price *= (drift + radius * angle.sin()).exp();
            total += price;
        }
        let payoff = f64::max(total / steps - strike, 0.0);
        asian += payoff;
        asian_squares += payoff * payoff;
        let payoff = f64::max(price - strike, 0.0);
        european += payoff;
        european_squares += payoff * payoff;
    }
    (asian, asian_squares, european, european_squares)
}

/// What `native` calls: [`simulate`] without the interpreter's lock, so that Python's threads run side by
/// side.
#[cfg(feature = "python")]
#[pyo3::pyfunction(name = "simulate")]
fn simulate_detached(
    py: pyo3::Python<'_>,
    spot: f64,
    strike: f64,
    drift: f64,
    noise: f64,
    step_pairs: u32,
    chunk: Chunk,
) -> Sums {
    py.detach(|| simulate(spot, strike, drift, noise, step_pairs, chunk))
}

impl Input {
    fn simulate(&self, chunk: Chunk) -> Sums {
        let Market {
            spot,
            strike,
            rate,
            volatility,
            years,
        } = self.market;
        let dt = years / f64::from(2 * self.step_pairs);
        let drift = (rate - 0.5 * volatility * volatility) * dt;
        simulate(
            spot,
            strike,
            drift,
            volatility * dt.sqrt(),
            self.step_pairs,
            chunk,
        )
    }

    /// Discounts the means of the payoffs. The sums are in the order of the chunks, on any number of threads.
    fn price(&self, sums: &[Sums]) -> Output {
        let paths: u64 = self.chunks.iter().map(|&(paths, _, _)| paths).sum();
        let discount = (-self.market.rate * self.market.years).exp();
        let mean = |factor: f64, column: fn(&Sums) -> f64| {
            factor * sums.iter().map(column).sum::<f64>() / paths as f64
        };
        Output {
            asian: mean(discount, |s| s.0),
            asian_mean_square: mean(discount * discount, |s| s.1),
            chunks: sums.iter().map(|s| s.0).collect(),
            european: mean(discount, |s| s.2),
            european_mean_square: mean(discount * discount, |s| s.3),
        }
    }
}

fn rust(input: &Input) -> Output {
    let sums: Vec<Sums> = input.chunks.iter().map(|&chunk| input.simulate(chunk)).collect();
    input.price(&sums)
}

fn rayon(input: &Input) -> Output {
    let sums: Vec<Sums> = input
        .chunks
        .par_iter()
        .map(|&chunk| input.simulate(chunk))
        .collect();
    input.price(&sums)
}

/// Refuses markets that there are not, states that the generator cannot have, no path at all, and more work than some
/// milliseconds.
fn valid(input: &Input) -> bool {
    let market = &input.market;
    let state = |&(_, s1, s2): &Chunk| (1..MODULUS_1).contains(&s1) && (1..MODULUS_2).contains(&s2);
    let paths = input
        .chunks
        .iter()
        .try_fold(0_u64, |sum, chunk| sum.checked_add(chunk.0));
    [market.spot, market.strike]
        .iter()
        .all(|price| (0.0..=1e6).contains(price))
        && (-1.0..=1.0).contains(&market.rate)
        && (0.0..=1.0).contains(&market.volatility)
        && (0.0..=10.0).contains(&market.years)
        && input.chunks.iter().all(state)
        && paths.is_some_and(|paths| (1..=400).contains(&paths))
        && (1..=12).contains(&input.step_pairs)
}

/// The pair, as the build script finds it.
pub fn pair() -> Pair {
    Pair::new(
        Profile::Parallel,
        "prices of an Asian and a European option by Monte-Carlo simulation",
    )
    .input(generate)
    .digs(valid)
    // The smallest ends in a chunk of five paths, whose sum is an answer by itself: many paths hide a small error.
    .cases("paths", &[133, 3_840, 38_400])
    // Both sides round alike but for the last bits of ln, exp, sin, cos and sums. A generator that is one step off
    // moves a path by a few parts in 10¹⁰.
    .tolerance(Tolerance::relative(1e-12))
    .python(&["threads", "processes", "subinterpreters", "native"])
    .native(pairbench::native![simulate_detached])
    .replaces("simulate")
    .rust(rust)
    .rust_variant_with(
        "rayon",
        || rayon::ThreadPoolBuilder::new().build().unwrap(),
        |pool, input| pool.install(|| rayon(input)),
    )
    .build()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Hull's example (Options, Futures, and Other Derivatives): the call is worth 4.76.
    const HULL: Market = Market {
        spot: 42.0,
        strike: 40.0,
        rate: 0.1,
        volatility: 0.2,
        years: 0.5,
    };

    #[test]
    fn the_generator_is_lecuyers() {
        // The first state from 1 and 1: 40014 and 40692; their difference is negative and wraps once.
        let mut generator = Generator(1, 1);
        let expected = (40014 - 40692 + 2_147_483_562_i64 + 1) as f64 / 2_147_483_563.0;
        assert_eq!(generator.uniform(), expected);
        assert_eq!((generator.0, generator.1), (40014, 40692));
    }

    #[test]
    fn the_european_price_is_that_of_black_and_scholes() {
        let paths = 20_000;
        let input = Input {
            market: HULL,
            step_pairs: 2,
            chunks: vec![(paths / 2, 12345, 67890), (paths / 2, 98765, 43210)],
        };
        let output = rust(&input);
        let variance = output.european_mean_square - output.european * output.european;
        let error = (variance / paths as f64).sqrt();
        assert!(
            (output.european - 4.76).abs() < 4.0 * error,
            "{output:?} ± {error}"
        );
        // The mean of prices moves less than the last price.
        assert!(output.asian < output.european && output.asian > 2.0);
        assert_eq!(output, rayon(&input));
    }

    #[test]
    fn without_noise_the_price_is_certain() {
        let market = Market {
            volatility: 0.0,
            ..HULL
        };
        let input = Input {
            market,
            step_pairs: 1,
            chunks: vec![(3, 1, 1)],
        };
        let output = rust(&input);
        let certain = 42.0 - 40.0 * (-0.05_f64).exp();
        assert!((output.european - certain).abs() < 1e-12);
        let mean = 42.0 * (0.025_f64.exp() + 0.05_f64.exp()) / 2.0;
        assert!((output.asian - (mean - 40.0) * (-0.05_f64).exp()).abs() < 1e-12);
    }

    #[test]
    fn any_size_is_cut_into_chunks() {
        for size in [1, 127, 128, 129, 1000] {
            let input = generate(size, 9);
            assert_eq!(input.chunks.iter().map(|c| c.0).sum::<u64>(), size);
            assert_eq!(rust(&input), rayon(&input));
        }
    }
}
