//! Read expressions in parentheses by recursive descent, and evaluate them.

use crate::draw::*;
use pairbench::registry::prelude::*;
use std::collections::HashMap;

/// The pair.
pub fn pair() -> Pair {
    Pair::new(Profile::Flat, "reads and evaluates expressions")
        .input(generate)
        .cases("expressions", &[5, 50, 200])
        .rust(rust)
        .build()
}

fn generate(size: u64, seed: u64) -> Vec<String> {
    let mut rng = rng(seed);
    (0..size).map(|_| expression(&mut rng, 5)).collect()
}

fn expression(rng: &mut Draws, depth: u32) -> String {
    if depth == 0 || rng.random_bool(0.15) {
        return match rng.random_range(0..3) {
            0 => "x".to_string(),
            1 => "y".to_string(),
            _ => rng.random_range(0..1000).to_string(),
        };
    }
    let kind = rng.random_range(0..7);
    let mut inner = || expression(rng, depth - 1);
    match kind {
        0 => format!("(if (< {} {}) {} {})", inner(), inner(), inner(), inner()),
        1 => format!("(let x {} {})", inner(), inner()),
        2 => format!("(fold y {} 3 (+ y {}))", inner(), inner()),
        3 => format!("(max {} {} {})", inner(), inner(), inner()),
        4 => format!("(* {} {})", inner(), inner()),
        _ => format!("(+ {} {} {})", inner(), inner(), inner()),
    }
}

enum Expression<'a> {
    Number(i64),
    Name(&'a str),
    List(Vec<Expression<'a>>),
}

struct Reader<'a> {
    tokens: Vec<&'a str>,
    at: usize,
}

impl<'a> Reader<'a> {
    fn expression(&mut self) -> Expression<'a> {
        let token = self.tokens[self.at];
        self.at += 1;
        if token == "(" {
            let mut items = Vec::new();
            while self.tokens[self.at] != ")" {
                items.push(self.expression());
            }
            self.at += 1;
            return Expression::List(items);
        }
        match token.parse() {
            Ok(number) => Expression::Number(number),
            Err(_) => Expression::Name(token),
        }
    }
}

struct Scope<'a> {
    names: HashMap<&'a str, i64>,
    outer: Option<&'a Scope<'a>>,
}

impl Scope<'_> {
    fn value(&self, name: &str) -> i64 {
        let mut scope = self;
        loop {
            if let Some(&value) = scope.names.get(name) {
                return value;
            }
            scope = scope.outer.unwrap();
        }
    }
}

const MODULUS: i64 = 1_000_003;

fn evaluate(expression: &Expression<'_>, scope: &Scope<'_>) -> i64 {
    let items = match expression {
        Expression::Number(number) => return *number,
        Expression::Name(name) => return scope.value(name),
        Expression::List(items) => items,
    };
    let (head, rest) = items.split_first().unwrap();
    match (head, rest) {
        (Expression::Name("if"), [condition, yes, no]) => {
            let chosen = if evaluate(condition, scope) != 0 { yes } else { no };
            evaluate(chosen, scope)
        }
        (Expression::Name("let"), [Expression::Name(name), value, body]) => {
            let inner = Scope {
                names: HashMap::from([(*name, evaluate(value, scope))]),
                outer: Some(scope),
            };
            evaluate(body, &inner)
        }
        (Expression::Name("fold"), [Expression::Name(name), start, count, body]) => {
            let mut total = evaluate(start, scope);
            for i in 0..evaluate(count, scope).rem_euclid(10) {
                let inner = Scope {
                    names: HashMap::from([(*name, total), ("i", i)]),
                    outer: Some(scope),
                };
                total = evaluate(body, &inner);
            }
            total
        }
        _ => {
            let values: Vec<i64> = rest.iter().map(|item| evaluate(item, scope)).collect();
            match head {
                Expression::Name("+") => values.iter().sum::<i64>().rem_euclid(MODULUS),
                Expression::Name("*") => values
                    .iter()
                    .fold(1, |product, value| (product * value).rem_euclid(MODULUS)),
                Expression::Name("<") => i64::from(values[0] < values[1]),
                _ => *values.iter().max().unwrap(),
            }
        }
    }
}

fn rust(texts: &Vec<String>) -> Vec<i64> {
    let scope = Scope {
        names: HashMap::from([("x", 7), ("y", 11)]),
        outer: None,
    };
    let value = |text: &String| {
        let spaced = text.replace('(', " ( ").replace(')', " ) ");
        let mut reader = Reader {
            tokens: spaced.split_whitespace().collect(),
            at: 0,
        };
        evaluate(&reader.expression(), &scope)
    };
    texts.iter().map(value).collect()
}
