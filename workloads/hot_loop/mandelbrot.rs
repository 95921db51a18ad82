//! Escape times of the Mandelbrot set over a square window.
//!
//! Every pixel iterates `z -> z * z + c` on its own, so nearly all of the time is spent in one small function
//! that does nothing but float arithmetic. Simulation steps, signal filters and scoring formulas
//! in Python loops are of this kind.
//!
//! It does not show what data structures, strings or I/O cost: there are none. Nor what explicit vector
//! instructions would gain: `escape` is one point at a time, as on the Python side. Coordinates are finite numbers:
//! what is none never leaves, or leaves at once.

use pairbench::registry::prelude::*;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rayon::prelude::*;

/// The window and the limit of iterations.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Input {
    /// Pixels in a row.
    width: u32,
    /// Rows.
    height: u32,
    /// Points that are still inside after this many iterations count as members of the set.
    max_iter: u32,
    /// The real part of the first column.
    x_min: f64,
    /// The imaginary part of the first row.
    y_min: f64,
    /// The distance between two pixels, in both directions.
    step: f64,
}

/// Sums instead of the whole picture, so that handing the result over is not part of the work.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
struct Output {
    inside: usize,
    row_sums: Vec<u32>,
}

/// The whole set, with the window moved and scaled a little by the seed: the share of slow points stays about
/// the same.
///
/// One pixel is exactly -2, which stays on the circle and never leaves it, so that a port that confuses `>` and
/// `>=` does not pass. For that, all coordinates are multiples of 2⁻²⁰ and so without any rounding.
fn generate(size: u64, seed: u64) -> Input {
    const UNITS: f64 = (1 << 20) as f64;
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let side = rng.random_range(2.9..3.1);
    let step = (side / size as f64 * UNITS).ceil() / UNITS;
    // Pixels to the left of -2, and above it.
    let left = ((side / 2.0 - 1.25 + rng.random_range(-0.05..0.05)) / step).round();
    let above = ((side / 2.0 + rng.random_range(-0.05..0.05)) / step).round();
    Input {
        width: size as u32,
        height: size as u32,
        max_iter: 100,
        x_min: -2.0 - left * step,
        y_min: -above * step,
        step,
    }
}

/// Counts the iterations until the point has left the circle of radius two, at most `max_iter`.
///
/// The compiler neither reorders nor fuses float operations, so the count is exactly Python's.
#[cfg_attr(feature = "python", pyo3::pyfunction)]
fn escape(cr: f64, ci: f64, max_iter: u32) -> u32 {
    let (mut zr, mut zi) = (0.0, 0.0);
    for i in 0..max_iter {
        let zr2 = zr * zr;
        let zi2 = zi * zi;
        if zr2 + zi2 > 4.0 {
            return i;
        }
        zi = 2.0 * zr * zi + ci;
        zr = zr2 - zi2 + cr;
    }
    max_iter
}

impl Input {
    /// The points inside, and the sum of the escape times, of one row.
    fn row(&self, y: u32) -> (usize, u32) {
        let ci = self.y_min + f64::from(y) * self.step;
        (0..self.width)
            .map(|x| escape(self.x_min + f64::from(x) * self.step, ci, self.max_iter))
            .fold((0, 0), |(inside, sum), count| {
                (inside + usize::from(count == self.max_iter), sum + count)
            })
    }
}

fn collect(rows: Vec<(usize, u32)>) -> Output {
    Output {
        inside: rows.iter().map(|(inside, _)| inside).sum(),
        row_sums: rows.into_iter().map(|(_, sum)| sum).collect(),
    }
}

fn rust(input: &Input) -> Output {
    collect((0..input.height).map(|y| input.row(y)).collect())
}

fn rayon(input: &Input) -> Output {
    collect((0..input.height).into_par_iter().map(|y| input.row(y)).collect())
}

/// Refuses pictures that take long, and coordinates that are not finite.
fn valid(input: &Input) -> bool {
    let coordinates = [input.x_min, input.y_min, input.step];
    input.width <= 32
        && input.height <= 32
        && input.max_iter <= 100
        && coordinates.iter().all(|x| x.is_finite())
}

/// The pair, as the build script finds it.
pub fn pair() -> Pair {
    Pair::new(
        Profile::HotLoop,
        "escape times of the Mandelbrot set, summed up by row",
    )
    .input(generate)
    .digs(valid)
    .cases("pixels a side", &[32, 72, 320])
    .tolerance(Tolerance::EXACT)
    .python(&["numpy", "numba", "mypyc", "native"])
    .native(pairbench::native![escape])
    .replaces("escape")
    .rust(rust)
    .rust_variant_with(
        "rayon",
        || rayon::ThreadPoolBuilder::new().build().unwrap(),
        |pool, input| pool.install(|| rayon(input)),
    )
    // Far below what any machine has shown: a port that is slower than this has lost its point.
    .at_least("rust", 5.0)
    .build()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escape_times_worked_out_by_hand() {
        assert_eq!(escape(0.0, 0.0, 50), 50, "stays at 0");
        assert_eq!(escape(-1.0, 0.0, 50), 50, "swings between 0 and -1");
        assert_eq!(
            escape(-2.0, 0.0, 50),
            50,
            "reaches 2, which has not left the circle"
        );
        assert_eq!(escape(2.0, 0.0, 50), 2, "0, 2, 6");
        assert_eq!(escape(1.0, 0.0, 50), 3, "0, 1, 2, 5");
        assert_eq!(escape(0.0, 2.0, 50), 2, "0, 2i, -4 + 2i");
        assert_eq!(escape(0.0, 0.0, 0), 0);
    }

    #[test]
    fn a_window_of_nine_points() {
        let input = Input {
            width: 3,
            height: 3,
            max_iter: 10,
            x_min: -2.0,
            y_min: -2.0,
            step: 2.0,
        };
        // The corners leave after one step, 2 and both of 2i after two; -2 and 0 stay.
        let expected = Output {
            inside: 2,
            row_sums: vec![4, 22, 4],
        };
        assert_eq!(rust(&input), expected);
        assert_eq!(rayon(&input), expected);
    }

    #[test]
    fn one_pixel_stays_on_the_circle() {
        for case in pair().cases() {
            for seed in [0, 1, u64::MAX] {
                let input = generate(case.size, seed);
                let at = |first: f64, wanted: f64| {
                    (0..case.size).any(|pixel| first + pixel as f64 * input.step == wanted)
                };
                assert!(at(input.x_min, -2.0) && at(input.y_min, 0.0), "{input:?}");
            }
        }
    }

    #[test]
    fn any_size_and_seed_gives_a_picture() {
        for size in [1, 2, 17] {
            for seed in [0, 1, u64::MAX] {
                let input = generate(size, seed);
                let output = rust(&input);
                assert_eq!(output.row_sums.len() as u64, size);
                assert_eq!(output, rayon(&input));
            }
        }
    }
}
