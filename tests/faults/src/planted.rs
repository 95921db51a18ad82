//! Pairs with planted differences: they agree on the calls of their files, and elsewhere the port has a mistake that is made
//! easily. `planted_same` has none.

use pairbench::cli::Suite;
use pairbench::registry::{Kind, Pair};
use std::collections::{BTreeMap, HashMap};

/// Adds them.
pub(crate) fn planted(suite: Suite) -> Suite {
    numbers(texts(suite))
        .pair(
            "planted_order",
            Pair::of("planted.py:columns")
                .calls("src/planted/order.jsonl")
                .rust(columns),
        )
        .pair(
            "planted_stability",
            Pair::of("planted.py:ranking")
                .calls("src/planted/stability.jsonl")
                .rust(ranking),
        )
        .pair(
            "planted_wavers",
            Pair::of("planted.py:commonest")
                .calls("src/planted/wavers.jsonl")
                .rust(commonest),
        )
}

/// Those whose argument is a text.
fn texts(suite: Suite) -> Suite {
    suite
        .pair(
            "planted_casefold",
            Pair::of("planted.py:caseless")
                .calls("src/planted/casefold.jsonl")
                .rust(caseless),
        )
        .pair(
            "planted_dotless",
            Pair::of("planted.py:snake_case")
                .calls("src/planted/dotless.jsonl")
                .rust(snake_case),
        )
        .pair(
            "planted_lines",
            Pair::of("planted.py:lines")
                .calls("src/planted/lines.jsonl")
                .rust(lines),
        )
        .pair(
            "planted_abort",
            Pair::of("planted.py:pieces")
                .calls("src/planted/abort.jsonl")
                .rust(pieces),
        )
        .pair(
            "planted_panic",
            Pair::of("planted.py:initial")
                .calls("src/planted/panic.jsonl")
                .rust(initial),
        )
        .pair(
            "planted_digits",
            Pair::of("planted.py:quantity")
                .calls("src/planted/digits.jsonl")
                .rust(quantity),
        )
        .pair(
            "planted_constant",
            Pair::of("planted.py:doors")
                .calls("src/planted/constant.jsonl")
                .rust(doors),
        )
        .pair(
            "planted_same",
            Pair::of("planted.py:backwards")
                .calls("src/planted/same.jsonl")
                .rust(backwards),
        )
}

/// Those whose arguments are numbers, or lists of them.
fn numbers(suite: Suite) -> Suite {
    suite
        .pair(
            "planted_rounding",
            Pair::of("planted.py:whole")
                .calls("src/planted/rounding.jsonl")
                .rust(whole),
        )
        .pair(
            "planted_overflow",
            Pair::of("planted.py:total")
                .calls("src/planted/overflow.jsonl")
                .rust(total),
        )
        .pair(
            "planted_modulo",
            Pair::of("planted.py:on_clock")
                .calls("src/planted/modulo.jsonl")
                .rust(on_clock),
        )
        .pair(
            "planted_nan",
            Pair::of("planted.py:highest")
                .calls("src/planted/nan.jsonl")
                .rust(highest),
        )
        .pair(
            "planted_format",
            Pair::of("planted.py:label")
                .calls("src/planted/format.jsonl")
                .rust(label),
        )
        .pair(
            "planted_empty",
            Pair::of("planted.py:passing")
                .calls("src/planted/empty.jsonl")
                .rust(passing),
        )
        .pair(
            "planted_quadratic",
            Pair::of("planted.py:distinct")
                .calls("src/planted/quadratic.jsonl")
                .rust(distinct),
        )
        .pair(
            "planted_hang",
            Pair::of("planted.py:halvings")
                .calls("src/planted/hang.jsonl")
                .rust(halvings),
        )
        .pair(
            "planted_accepts",
            Pair::of("planted.py:weekday")
                .calls("src/planted/accepts.jsonl")
                .rust(weekday),
        )
        .pair(
            "planted_mutates",
            Pair::of("planted.py:ascending")
                .calls("src/planted/mutates.jsonl")
                .step(Kind::BetterPython, "inplace", "planted.py:ascending_inplace")
                .rust(ascending),
        )
        .pair(
            "planted_memory",
            Pair::of("planted.py:every_third")
                .calls("src/planted/memory.jsonl")
                .rust(every_third),
        )
}

/// One character becomes one: of the two that stand for ß in upper case, the second is lost.
fn caseless(word: &str) -> String {
    let upper: String = word.chars().filter_map(|c| c.to_uppercase().next()).collect();
    upper.to_lowercase()
}

/// One character becomes one: İ loses its dot.
fn snake_case(name: &str) -> String {
    let mut snake = String::new();
    for c in name.chars() {
        if c.is_uppercase() {
            snake.push('_');
            snake.extend(c.to_lowercase().next());
        } else {
            snake.push(c);
        }
    }
    snake
}

/// Rounds halves away from zero, and not to the even one.
fn whole(amount: f64) -> f64 {
    amount.round()
}

/// Wraps where Python takes more digits.
fn total(numbers: &[i64]) -> i64 {
    numbers.iter().fold(0, |sum, n| sum.wrapping_add(*n))
}

/// The remainder has the sign of the hours, and not of the dial.
fn on_clock(hours: i64, dial: i64) -> i64 {
    hours % dial
}

/// Turns equal scores round as well.
fn ranking(scores: &[(i64, String)]) -> Vec<(i64, String)> {
    let mut ranking = scores.to_vec();
    ranking.sort_by_key(|score| score.0);
    ranking.reverse();
    ranking
}

/// Passes over NaN, wherever it is.
fn highest(temperatures: &[f64]) -> Option<f64> {
    temperatures.iter().copied().reduce(f64::max)
}

/// Knows two ends of a line; Python knows eleven.
fn lines(text: &str) -> Vec<String> {
    text.lines().map(String::from).collect()
}

/// Without `.0`, without an exponent, and NaN in capitals.
fn label(value: f64) -> String {
    format!("{value}")
}

/// In the order of their names.
fn columns(row: &BTreeMap<String, i64>) -> Vec<String> {
    row.keys().cloned().collect()
}

/// NaN if there are none.
fn passing(marks: &[i64]) -> f64 {
    marks.iter().filter(|mark| **mark >= 50).count() as f64 / marks.len() as f64
}

/// Looks through all that it has, for each number.
fn distinct(numbers: &[i64]) -> Vec<i64> {
    let mut seen = Vec::new();
    for &number in numbers {
        if !seen.contains(&number) {
            seen.push(number);
        }
    }
    seen
}

/// Halves zero for ever.
fn halvings(mut number: i64) -> u64 {
    let mut count = 0;
    while number % 2 == 0 {
        number /= 2;
        count += 1;
    }
    count
}

/// Cuts off nothing and calls itself again where the width is zero, until the stack is full.
fn pieces(text: &str, width: i64) -> Vec<String> {
    fn cut(text: &[char], width: usize) -> Vec<String> {
        if text.len() <= width {
            return vec![text.iter().collect()];
        }
        let (piece, rest) = text.split_at(width);
        let mut pieces = vec![piece.iter().collect()];
        pieces.extend(cut(rest, width));
        pieces
    }
    let text: Vec<char> = text.chars().collect();
    cut(&text, usize::try_from(width).unwrap_or(usize::MAX))
}

/// The first byte need not be a whole character.
fn initial(name: &str) -> &str {
    &name[..name.len().min(1)]
}

/// Goes on with the next week.
fn weekday(number: i64) -> &'static str {
    const DAYS: [&str; 7] = [
        "Monday",
        "Tuesday",
        "Wednesday",
        "Thursday",
        "Friday",
        "Saturday",
        "Sunday",
    ];
    DAYS[(number - 1).rem_euclid(7) as usize]
}

/// Knows the digits of ASCII alone.
fn quantity(text: &str) -> Option<i64> {
    let typed = text.len() <= 9 && text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse().ok().filter(|_| typed)
}

/// No mistake here: it is a step in Python that changes its argument.
fn ascending(numbers: &[i64]) -> Vec<i64> {
    let mut numbers = numbers.to_vec();
    numbers.sort_unstable();
    numbers
}

/// Takes the first of equally common words; Python takes the first in a set.
fn commonest(words: &[String]) -> &str {
    let mut counts = HashMap::new();
    for word in words {
        *counts.entry(word).or_insert(0) += 1;
    }
    let most = counts.values().max().copied().unwrap_or(0);
    words
        .iter()
        .find(|word| counts[word] == most)
        .map_or("", |word| word)
}

/// Lacks the right word.
fn doors(word: &str) -> usize {
    word.chars().count()
}

/// Makes all the seats to count some.
fn every_third(seats: i64) -> u64 {
    let mut taken = vec![0_u8; usize::try_from(seats).unwrap_or(0)];
    taken.iter_mut().step_by(3).for_each(|seat| *seat = 1);
    taken.iter().map(|seat| u64::from(*seat)).sum()
}

/// No mistake here.
fn backwards(text: &str) -> (String, usize) {
    (text.chars().rev().collect(), text.chars().count())
}
