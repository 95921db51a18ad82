//! Parse arithmetic expressions by recursive descent, and evaluate their trees.

use crate::draw::*;
use pairbench::registry::prelude::*;
use std::collections::HashMap;

/// The pair.
pub fn pair() -> Pair {
    Pair::new(Profile::Flat, "parses and evaluates expressions")
        .input(generate)
        .cases("expressions", &[5, 150, 600])
        .rust(rust)
        .build()
}

fn generate(size: u64, seed: u64) -> Vec<String> {
    let mut rng = rng(seed);
    (0..size).map(|_| expression(&mut rng, 5)).collect()
}

fn expression(rng: &mut Draws, depth: u32) -> String {
    if depth == 0 || rng.random_bool(0.2) {
        return match rng.random_range(0..4) {
            0 => rng.random_range(0..=999).to_string(),
            letter => ["x", "y", "z"][letter - 1].to_string(),
        };
    }
    if rng.random_bool(0.15) {
        return format!("({})", expression(rng, depth - 1));
    }
    let left = expression(rng, depth - 1);
    let operator = *["+", "-", "*"].choose(rng).unwrap();
    left + operator + &expression(rng, depth - 1)
}

enum Tree {
    Number(i64),
    Name(u8),
    Binary(u8, Box<Tree>, Box<Tree>),
}

impl Tree {
    fn value(&self, names: &HashMap<u8, i64>) -> i64 {
        match self {
            Tree::Number(number) => *number,
            Tree::Name(name) => names[name],
            Tree::Binary(operator, left, right) => {
                let (left, right) = (left.value(names), right.value(names));
                match operator {
                    b'+' => left + right,
                    b'-' => left - right,
                    _ => (left * right).rem_euclid(1_000_003),
                }
            }
        }
    }
}

struct Parser<'a> {
    text: &'a [u8],
    at: usize,
}

impl Parser<'_> {
    fn peek(&self) -> u8 {
        self.text.get(self.at).copied().unwrap_or(0)
    }

    fn sum(&mut self) -> Tree {
        let mut left = self.product();
        while matches!(self.peek(), b'+' | b'-') {
            let operator = self.peek();
            self.at += 1;
            left = Tree::Binary(operator, Box::new(left), Box::new(self.product()));
        }
        left
    }

    fn product(&mut self) -> Tree {
        let mut left = self.atom();
        while self.peek() == b'*' {
            self.at += 1;
            left = Tree::Binary(b'*', Box::new(left), Box::new(self.atom()));
        }
        left
    }

    fn atom(&mut self) -> Tree {
        let first = self.peek();
        if first == b'(' {
            self.at += 1;
            let inner = self.sum();
            self.at += 1;
            return inner;
        }
        if first.is_ascii_digit() {
            let mut number = 0;
            while self.peek().is_ascii_digit() {
                number = number * 10 + i64::from(self.peek() - b'0');
                self.at += 1;
            }
            return Tree::Number(number);
        }
        self.at += 1;
        Tree::Name(first)
    }
}

fn rust(texts: &Vec<String>) -> Vec<i64> {
    let mut names = HashMap::from([(b'x', 3), (b'y', 14), (b'z', 159)]);
    let mut total = |text: &String| {
        let mut parser = Parser {
            text: text.as_bytes(),
            at: 0,
        };
        let tree = parser.sum();
        (0..3)
            .map(|x| {
                names.insert(b'x', x);
                tree.value(&names)
            })
            .sum()
    };
    texts.iter().map(&mut total).collect()
}
