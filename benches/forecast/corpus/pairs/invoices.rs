//! Invoices with Decimal: discounts, tax rounded by line, and totals by rate.

use crate::draw::*;
use pairbench::registry::prelude::*;
use std::cmp::Ordering;
use std::collections::HashMap;
use std::fmt;
use std::ops::{Add, Mul, Sub};

/// The pair.
pub fn pair() -> Pair {
    Pair::new(Profile::LibraryBound, "computes invoices with Decimal")
        .input(generate)
        .cases("invoices", &[10, 1_000, 4_000])
        .rust(rust)
        .build()
}

/// A discount in percent; of each line the quantity, the price and the rate of the tax.
type Invoice = (String, Vec<(u32, String, String)>);

fn generate(size: u64, seed: u64) -> Vec<Invoice> {
    let mut rng = rng(seed);
    let mut invoice = |_| {
        let discount = *["0", "0", "2.5", "10"].choose(&mut rng).unwrap();
        let count = rng.random_range(1..=6);
        let mut line = |_| {
            let cents: u32 = rng.random_range(1..100_000);
            let rate = *["19", "7", "5.5"].choose(&mut rng).unwrap();
            let price = format!("{}.{:02}", cents / 100, cents % 100);
            (rng.random_range(1..=20), price, rate.to_string())
        };
        (discount.to_string(), (0..count).map(&mut line).collect())
    };
    (0..size).map(&mut invoice).collect()
}

/// So many units of `10^-scale`, as Python's `Decimal` is inside.
#[derive(Clone, Copy)]
struct Decimal {
    units: i128,
    scale: u32,
}

#[derive(Clone, Copy)]
enum Rounding {
    HalfEven,
    HalfUp,
}

impl Decimal {
    const ZERO: Decimal = Decimal { units: 0, scale: 0 };

    fn parse(text: &str) -> Decimal {
        let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
        let digits = whole.chars().chain(fraction.chars());
        let digits = digits.map(|digit| digit.to_digit(10).unwrap());
        Decimal {
            units: digits.fold(0, |units, digit| units * 10 + i128::from(digit)),
            scale: fraction.len() as u32,
        }
    }

    fn hundredth(self) -> Decimal {
        Decimal {
            units: self.units,
            scale: self.scale + 2,
        }
    }

    fn cents(self, rounding: Rounding) -> Decimal {
        let units = if self.scale <= 2 {
            self.units * 10_i128.pow(2 - self.scale)
        } else {
            let cent = 10_i128.pow(self.scale - 2);
            let (whole, rest) = (self.units / cent, self.units % cent);
            let up = match (rest.abs() * 2).cmp(&cent) {
                Ordering::Less => false,
                Ordering::Equal => match rounding {
                    Rounding::HalfEven => whole % 2 != 0,
                    Rounding::HalfUp => true,
                },
                Ordering::Greater => true,
            };
            if up { whole + rest.signum() } else { whole }
        };
        Decimal { units, scale: 2 }
    }

    /// The units of both at the finer of their scales.
    fn aligned(self, other: Decimal) -> (i128, i128, u32) {
        let scale = self.scale.max(other.scale);
        let units = |number: Decimal| number.units * 10_i128.pow(scale - number.scale);
        (units(self), units(other), scale)
    }

    fn max(self, other: Decimal) -> Decimal {
        let (a, b, _) = self.aligned(other);
        if b > a { other } else { self }
    }
}

impl From<u32> for Decimal {
    fn from(number: u32) -> Decimal {
        Decimal {
            units: number.into(),
            scale: 0,
        }
    }
}

impl Add for Decimal {
    type Output = Decimal;

    fn add(self, other: Decimal) -> Decimal {
        let (a, b, scale) = self.aligned(other);
        Decimal { units: a + b, scale }
    }
}

impl Sub for Decimal {
    type Output = Decimal;

    fn sub(self, other: Decimal) -> Decimal {
        let (a, b, scale) = self.aligned(other);
        Decimal { units: a - b, scale }
    }
}

impl Mul for Decimal {
    type Output = Decimal;

    fn mul(self, other: Decimal) -> Decimal {
        Decimal {
            units: self.units * other.units,
            scale: self.scale + other.scale,
        }
    }
}

impl fmt::Display for Decimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let one = 10_u128.pow(self.scale);
        let units = self.units.unsigned_abs();
        let sign = if self.units < 0 { "-" } else { "" };
        write!(f, "{sign}{}", units / one)?;
        if self.scale > 0 {
            write!(f, ".{:0width$}", units % one, width = self.scale as usize)?;
        }
        Ok(())
    }
}

fn rust(invoices: &Vec<Invoice>) -> (String, String, Vec<(String, String)>) {
    let mut taxes: HashMap<&str, Decimal> = HashMap::new();
    let mut total = Decimal::ZERO;
    let mut largest = Decimal::ZERO;
    for (discount, lines) in invoices {
        let discount = Decimal::parse(discount).hundredth();
        let mut amount = Decimal::ZERO;
        for (quantity, price, rate) in lines {
            let full = Decimal::from(*quantity) * Decimal::parse(price);
            let net = full - (full * discount).cents(Rounding::HalfEven);
            let tax = (net * Decimal::parse(rate)).hundredth().cents(Rounding::HalfUp);
            let sum = taxes.entry(rate).or_insert(Decimal::ZERO);
            *sum = *sum + tax;
            amount = amount + (net + tax);
        }
        total = total + amount;
        largest = largest.max(amount);
    }
    let mut taxes: Vec<_> = taxes.into_iter().collect();
    taxes.sort_unstable_by_key(|(rate, _)| *rate);
    (
        total.to_string(),
        largest.cents(Rounding::HalfEven).to_string(),
        taxes
            .into_iter()
            .map(|(rate, tax)| (rate.to_string(), tax.to_string()))
            .collect(),
    )
}
