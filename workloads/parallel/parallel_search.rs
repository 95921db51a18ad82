//! All ways to place queens on a board of which some squares are closed, by backtracking.
//!
//! Timetables, configurators, puzzles and the solvers behind them search like this: choose, look what is still
//! allowed, go on or take the choice back. Where the first choices are independent they can be given to workers;
//! how much work follows from each is not known before, so some end sooner.
//!
//! It does not show a search that stops at the first or the best answer, whose workers would have to exchange
//! what they found, nor one whose state is larger than a few integers. The squares that are attacked are
//! kept as bits of integers, which is how it is usually written in both languages.

use pairbench::registry::prelude::*;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rayon::prelude::*;

/// The board.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Input {
    /// From the top, as many as there are columns: the open squares as bits.
    rows: Vec<u64>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
struct Output {
    branches: Vec<u64>,
    solutions: u64,
}

/// Closes a few squares by lot.
fn generate(size: u64, seed: u64) -> Input {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let mut rows = vec![(1 << size) - 1; size as usize];
    for _ in 0..size / 3 {
        let row = rng.random_range(0..rows.len());
        rows[row] &= !(1 << rng.random_range(0..size));
    }
    Input { rows }
}

/// Counts the solutions in the rows that are left.
///
/// The bits of `rows` are the open squares, those of the others the attacked ones in the first of them: along the
/// column, and along the diagonals that go down to the left and to the right.
fn place(rows: &[u64], columns: u64, left: u64, right: u64) -> u64 {
    let Some((open, below)) = rows.split_first() else {
        return 1;
    };
    let mut solutions = 0;
    let mut free = open & !(columns | left | right);
    while free != 0 {
        let queen = free & free.wrapping_neg();
        free ^= queen;
        solutions += place(below, columns | queen, (left | queen) << 1, (right | queen) >> 1);
    }
    solutions
}

/// What `native` calls: [`place`] without the interpreter's lock, so that Python's threads run side by side.
#[cfg(feature = "python")]
#[pyo3::pyfunction(name = "place")]
fn place_detached(
    py: pyo3::Python<'_>,
    rows: Vec<u64>,
    row: usize,
    columns: u64,
    left: u64,
    right: u64,
) -> u64 {
    py.detach(|| place(&rows[row..], columns, left, right))
}

impl Input {
    /// A queen on each open square of the first row.
    fn queens(&self) -> Vec<u64> {
        let columns = 0..self.rows.len();
        columns
            .map(|column| 1 << column)
            .filter(|queen| self.rows[0] & queen != 0)
            .collect()
    }

    /// Searches what follows from one queen in the first row.
    fn branch(&self, queen: u64) -> u64 {
        place(&self.rows[1..], queen, queen << 1, queen >> 1)
    }
}

fn summarize(branches: Vec<u64>) -> Output {
    Output {
        solutions: branches.iter().sum(),
        branches,
    }
}

fn rust(input: &Input) -> Output {
    let queens = input.queens();
    summarize(queens.into_iter().map(|queen| input.branch(queen)).collect())
}

fn rayon(input: &Input) -> Output {
    let queens = input.queens();
    summarize(
        queens
            .into_par_iter()
            .with_max_len(1)
            .map(|queen| input.branch(queen))
            .collect(),
    )
}

/// Refuses boards of more than nine columns, and squares that are beyond them.
fn valid(input: &Input) -> bool {
    let columns = input.rows.len();
    columns <= 9 && input.rows.iter().all(|&row| row < 1 << columns)
}

/// The pair, as the build script finds it.
pub fn pair() -> Pair {
    Pair::new(
        Profile::Parallel,
        "all ways to place queens on a board with closed squares",
    )
    .input(generate)
    .digs(valid)
    .cases("columns", &[8, 11, 12])
    .tolerance(Tolerance::EXACT)
    .python(&["threads", "processes", "subinterpreters", "native"])
    .native(pairbench::native![place_detached])
    .replaces("place")
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

    fn run(rows: &[u64]) -> Output {
        let input = Input { rows: rows.to_vec() };
        let output = rust(&input);
        assert_eq!(output, rayon(&input));
        output
    }

    #[test]
    fn open_boards_have_the_known_numbers_of_solutions() {
        // A000170 in the On-Line Encyclopedia of Integer Sequences.
        for (n, solutions) in [1, 0, 0, 2, 10, 4, 40, 92, 352, 724].into_iter().enumerate() {
            let size = n + 1;
            assert_eq!(run(&vec![(1 << size) - 1; size]).solutions, solutions, "{size}");
        }
    }

    #[test]
    fn a_search_followed_by_hand() {
        // A corner leaves the third row nothing, or one square and then the fourth nothing.
        let output = run(&[0b1111; 4]);
        assert_eq!(output.branches, [0, 1, 1, 0]);
        assert_eq!(output.solutions, 2);
    }

    #[test]
    fn closed_squares_are_left_alone() {
        // Of the two solutions on four columns, 2 0 3 1 and 1 3 0 2, the first needs the lowest bit of the second row.
        let output = run(&[0b1111, 0b1110, 0b1111, 0b1111]);
        assert_eq!(output.solutions, 1);
        assert_eq!(run(&[0, 0b1111, 0b1111, 0b1111]).branches.len(), 0);
        assert_eq!(run(&[0b1000, 0b1111, 0b1111, 0b1111]).branches.len(), 1);
    }

    #[test]
    fn any_size_gives_a_square_board() {
        for size in 1..=11 {
            for seed in [0, 1, u64::MAX] {
                let input = generate(size, seed);
                assert_eq!(input.rows.len() as u64, size);
                assert!(input.rows.iter().all(|&row| row < 1 << size));
            }
        }
    }
}
