//! Count the solutions of puzzles by backtracking with bit masks.

use crate::draw::*;
use pairbench::registry::prelude::*;

/// The pair.
pub fn pair() -> Pair {
    Pair::new(Profile::HotLoop, "counts solutions of Sudokus")
        .input(generate)
        .cases("puzzles", &[1, 6, 24])
        .rust(rust)
        .build()
}

fn generate(size: u64, seed: u64) -> Vec<String> {
    let mut rng = rng(seed);
    let mut puzzle = |_| {
        let mut digits: Vec<usize> = (1..=9).collect();
        digits.shuffle(&mut rng);
        let solved = |at: usize| digits[(at / 9 % 9 * 3 + at / 27 + at % 9) % 9];
        let mut cells: Vec<usize> = (0..81).map(solved).collect();
        // Few are missing, so that the search is short.
        for hole in rand::seq::index::sample(&mut rng, 81, 44) {
            cells[hole] = 0;
        }
        cells.iter().map(ToString::to_string).collect()
    };
    (0..size).map(&mut puzzle).collect()
}

struct Board {
    cells: Vec<u8>,
    rows: [u16; 9],
    columns: [u16; 9],
    boxes: [u16; 9],
}

impl Board {
    fn solve(&mut self, empty: &[usize]) -> u64 {
        let Some((&at, rest)) = empty.split_first() else {
            return 1;
        };
        let (row, column) = (at / 9, at % 9);
        let square = row / 3 * 3 + column / 3;
        let used = self.rows[row] | self.columns[column] | self.boxes[square];
        let mut count = 0;
        for digit in 1..10 {
            let bit = 1 << digit;
            if used & bit == 0 {
                self.cells[at] = digit;
                self.rows[row] |= bit;
                self.columns[column] |= bit;
                self.boxes[square] |= bit;
                count += self.solve(rest);
                self.rows[row] ^= bit;
                self.columns[column] ^= bit;
                self.boxes[square] ^= bit;
                self.cells[at] = 0;
            }
        }
        count
    }
}

fn rust(puzzles: &Vec<String>) -> Vec<u64> {
    let solutions = |text: &String| {
        let mut board = Board {
            cells: text.bytes().map(|digit| digit - b'0').collect(),
            rows: [0; 9],
            columns: [0; 9],
            boxes: [0; 9],
        };
        let mut empty = Vec::new();
        for at in 0..81 {
            let digit = board.cells[at];
            if digit == 0 {
                empty.push(at);
                continue;
            }
            let (row, column) = (at / 9, at % 9);
            board.rows[row] |= 1 << digit;
            board.columns[column] |= 1 << digit;
            board.boxes[row / 3 * 3 + column / 3] |= 1 << digit;
        }
        board.solve(&empty)
    };
    puzzles.iter().map(solutions).collect()
}
