//! The product of two matrices of floats, written as lists of rows.
//!
//! Linear models, rotations, Markov chains and small neural networks come down to this loop. In a code base
//! without NumPy the matrices are nested lists, and the product is written out: every cell is a row times a
//! column.
//!
//! It does not show what is left to gain: both sides are the schoolbook's method, one cell after the other,
//! without blocks for the cache and without vector instructions, all of which the library behind `numpy` has.
//! Nor large matrices, where that matters most.
//!
//! All numbers are small multiples of 1/64. Products and sums of them are exact, in whatever order a side adds
//! them up, and so the answers are equal to the last bit. No matrix is empty: a sum of nothing is an integer in
//! Python.

use pairbench::registry::prelude::*;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

type Matrix = Vec<Vec<f64>>;

/// Two matrices, as many columns in the first as rows in the second.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Input {
    /// The rows of the left one.
    a: Matrix,
    /// The rows of the right one.
    b: Matrix,
}

/// Sums instead of all cells, so that handing the result over is not part of the work.
#[derive(Debug, Clone, PartialEq, Serialize)]
struct Output {
    row_sums: Vec<f64>,
    column_sums: Vec<f64>,
}

/// Neither is square, so that rows and columns cannot be taken for each other; a tenth of the numbers are zeros.
fn generate(size: u64, seed: u64) -> Input {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let (rows, inner, columns) = (size, size + 3, size + 1);
    Input {
        a: random_matrix(rows, inner, &mut rng),
        b: random_matrix(inner, columns, &mut rng),
    }
}

fn random_matrix(rows: u64, columns: u64, rng: &mut ChaCha8Rng) -> Matrix {
    let mut number = || match rng.random_bool(0.1) {
        true => 0.0,
        false => f64::from(rng.random_range(-1024..=1024_i32)) / 64.0,
    };
    (0..rows)
        .map(|_| (0..columns).map(|_| number()).collect())
        .collect()
}

/// The rows of the product; columns of `b` are gathered once.
fn product(a: &[Vec<f64>], b: &[Vec<f64>]) -> Matrix {
    let columns = transpose(b);
    let cell = |row: &[f64], column: &[f64]| row.iter().zip(column).map(|(x, y)| x * y).sum();
    a.iter()
        .map(|row| columns.iter().map(|column| cell(row, column)).collect())
        .collect()
}

fn transpose(rows: &[Vec<f64>]) -> Matrix {
    let columns = rows.first().map_or(0, Vec::len);
    (0..columns)
        .map(|column| rows.iter().map(|row| row[column]).collect())
        .collect()
}

fn rust(input: &Input) -> Output {
    let cells = product(&input.a, &input.b);
    let sum = |numbers: &Vec<f64>| numbers.iter().sum();
    Output {
        row_sums: cells.iter().map(sum).collect(),
        column_sums: transpose(&cells).iter().map(sum).collect(),
    }
}

/// What `native` calls: [`product`](super::product), from and to Python's lists.
#[cfg(feature = "python")]
mod lists {
    use super::Matrix;
    use pyo3::prelude::*;

    #[pyfunction]
    pub(super) fn product(a: Matrix, b: Matrix) -> Matrix {
        super::product(&a, &b)
    }
}

/// Refuses what are no matrices, empty or do not fit together, and numbers of which products would be rounded.
fn valid(Input { a, b }: &Input) -> bool {
    let exact = |x: &f64| x.abs() <= 1024.0 && (x * 64.0).fract() == 0.0;
    let empty = |rows: &Matrix| rows.first().is_none_or(Vec::is_empty);
    !empty(a)
        && !empty(b)
        && a.iter().all(|row| row.len() == b.len())
        && b.iter().all(|row| row.len() == b[0].len())
        && a.iter().chain(b).flatten().all(exact)
}

/// The pair, as the build script finds it.
pub fn pair() -> Pair {
    Pair::new(
        Profile::HotLoop,
        "the product of two matrices of floats in nested lists",
    )
    .input(generate)
    .digs(valid)
    .cases("rows", &[12, 72, 250])
    .tolerance(Tolerance::EXACT)
    .python(&["numpy", "numba", "mypyc", "native"])
    .native(pairbench::native![lists::product])
    .replaces("product")
    .rust(rust)
    .build()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn products_worked_out_by_hand() {
        let a = vec![vec![1.0, 2.0, 3.0], vec![4.0, 5.0, 6.0]];
        let b = vec![vec![1.0, 0.5], vec![0.0, -1.0], vec![2.0, 4.0]];
        assert_eq!(product(&a, &b), [[7.0, 10.5], [16.0, 21.0]]);
        let output = rust(&Input { a: a.clone(), b });
        assert_eq!(output.row_sums, [17.5, 37.0]);
        assert_eq!(output.column_sums, [23.0, 31.5]);
        // Times one row, where nothing is to be added up.
        assert_eq!(product(&[vec![2.0]], &a[..1]), [[2.0, 4.0, 6.0]]);
    }

    #[test]
    fn any_size_and_seed_gives_matrices_that_fit() {
        for size in [1, 2, 17] {
            for seed in [0, 1, u64::MAX] {
                let Input { a, b } = generate(size, seed);
                assert_eq!((a.len() as u64, a[0].len()), (size, b.len()));
                assert!(a.iter().all(|row| row.len() == b.len()));
                assert!(b.iter().all(|row| row.len() as u64 == size + 1));
            }
        }
    }

    #[test]
    fn sums_are_exact_in_any_order() {
        let Input { a, b } = generate(250, 3);
        let reversed = |rows: &Matrix| -> Matrix {
            let backwards = |row: &Vec<f64>| row.iter().rev().copied().collect();
            rows.iter().map(backwards).collect()
        };
        let upside_down = b.iter().rev().cloned().collect::<Matrix>();
        assert_eq!(product(&a, &b), product(&reversed(&a), &upside_down));
    }
}
