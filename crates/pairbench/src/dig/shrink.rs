//! Finds the smallest input that still shows the same difference, as far as single steps lead to it.

use crate::registry::plain::Plain;
use num_bigint::{BigInt, Sign};
use std::cmp::Ordering;

/// What makes an input simple: few values, then small ones.
fn weight(value: &Plain) -> (usize, u64) {
    (value.size(), strangeness(value))
}

fn strangeness(value: &Plain) -> u64 {
    match value {
        Plain::None => 0,
        Plain::Bool(value) => u64::from(*value),
        Plain::Int(number) => 2 * number.bits() + u64::from(*number < BigInt::ZERO),
        Plain::Float(number) => 1 + strangeness_of(*number),
        Plain::Str(text) => text
            .chars()
            .map(|c| {
                1 + u64::from(
                    RANK.iter()
                        .position(|&known| known == c)
                        .map_or(c as u32 + 8, |at| at as u32),
                )
            })
            .sum(),
        Plain::Bytes(bytes) => bytes.iter().map(|&byte| u64::from(byte)).sum(),
        other => other.children().into_iter().map(strangeness).sum(),
    }
}

/// The simplest characters first, those beyond ASCII last.
const RANK: [char; 6] = ['a', 'b', '0', '1', 'é', '一'];

fn strangeness_of(number: f64) -> u64 {
    match number {
        // Whole numbers first, the nearer to 0 the better, then few digits.
        _ if number.is_nan() => 500,
        _ if number.is_infinite() => 600,
        _ => {
            let digits = format!("{number:e}");
            let sign = u64::from(number.is_sign_negative());
            sign + 4 * digits.len() as u64 + number.abs().log2().abs().min(60.0) as u64
        }
    }
}

/// Simplifies `input` as long as `still` is true, until nothing simpler is left or `still` returns `None` to stop.
/// Values in the top `fixed` levels keep their shape.
pub(super) fn shrink(input: &Plain, fixed: usize, still: &mut dyn FnMut(&Plain) -> Option<bool>) -> Plain {
    let mut best = input.clone();
    loop {
        let before = weight(&best);
        if !pass(&mut best, fixed, still) || weight(&best).cmp(&before) != Ordering::Less {
            return best;
        }
    }
}

/// Tries to simplify each value in turn; false once there is no time left.
fn pass(best: &mut Plain, fixed: usize, still: &mut dyn FnMut(&Plain) -> Option<bool>) -> bool {
    let mut path = Vec::new();
    let mut next = Some(());
    while next.is_some() {
        let names = path
            .split_last()
            .is_some_and(|(last, outer)| last % 2 == 0 && matches!(at(best, outer), Some(Plain::Dict(_))));
        if path.len() > fixed || path.len() == fixed && !(fixed > 0 && names) {
            // Few large steps first, then many small ones.
            let mut step = 0;
            while let Some(simpler) = at(best, &path).and_then(|value| simpler(value, step)) {
                step += 1;
                let mut candidate = best.clone();
                *at_mut(&mut candidate, &path) = simpler.clone();
                if weight(&candidate) >= weight(best) {
                    continue;
                }
                // If values have to be equal, all of them are replaced at once.
                let value = at(best, &path).expect("the same path").clone();
                let others = count(best, &value) > 1;
                for all in [false, true].into_iter().take(1 + usize::from(others)) {
                    if all {
                        candidate = best.clone();
                        replace(&mut candidate, &value, &simpler, fixed);
                    }
                    match still(&candidate) {
                        None => return false,
                        Some(true) => {
                            *best = candidate;
                            step = step.saturating_sub(1);
                            break;
                        }
                        Some(false) => {}
                    }
                }
            }
        }
        next = advance(best, &mut path);
    }
    true
}

fn at<'a>(value: &'a Plain, path: &[usize]) -> Option<&'a Plain> {
    path.iter()
        .try_fold(value, |value, &at| value.children().get(at).copied())
}

fn at_mut<'a>(value: &'a mut Plain, path: &[usize]) -> &'a mut Plain {
    match path {
        [] => value,
        [first, rest @ ..] => at_mut(value.child_mut(*first).expect("the path of a child"), rest),
    }
}

/// How often a number or a string occurs in a value.
fn count(value: &Plain, wanted: &Plain) -> usize {
    match value.children() {
        none if none.is_empty() => usize::from(value == wanted),
        children => children.into_iter().map(|child| count(child, wanted)).sum(),
    }
}

/// Replaces all values that are equal to `old` with `new`, below the levels whose shape is fixed.
fn replace(value: &mut Plain, old: &Plain, new: &Plain, fixed: usize) {
    if fixed == 0 && value == old {
        *value = new.clone();
        return;
    }
    let names = fixed == 1 && matches!(value, Plain::Dict(_));
    for at in (0..value.children().len()).filter(|at| !names || at % 2 == 1) {
        if let Some(child) = value.child_mut(at) {
            replace(child, old, new, fixed.saturating_sub(1));
        }
    }
}

/// Moves the path to the next value, the outer before the inner.
fn advance(value: &Plain, path: &mut Vec<usize>) -> Option<()> {
    if at(value, path).is_some_and(|here| !here.children().is_empty()) {
        path.push(0);
        return Some(());
    }
    while let Some(last) = path.pop() {
        path.push(last + 1);
        if at(value, path).is_some() {
            return Some(());
        }
        path.pop();
    }
    None
}

/// The simpler value with this number; `None` when there are no more.
fn simpler(value: &Plain, step: usize) -> Option<Plain> {
    match value {
        Plain::None | Plain::Bool(false) => None,
        Plain::Bool(true) => (step == 0).then_some(Plain::Bool(false)),
        Plain::Int(number) => {
            let smaller = [
                BigInt::ZERO,
                BigInt::from(1),
                BigInt::from(-1),
                -number,
                number / 65_536,
                number / 2,
                match number.sign() {
                    Sign::Minus => number + 1,
                    _ => number - 1,
                },
            ];
            smaller.get(step).cloned().map(Plain::Int)
        }
        Plain::Float(number) => {
            let smaller = [
                0.0,
                1.0,
                -number,
                number.trunc(),
                number / 2.0,
                (number * 10.0).round() / 10.0,
                number - number.signum(),
                0.5,
            ];
            smaller.get(step).copied().map(Plain::Float)
        }
        Plain::Str(text) => {
            let chars: Vec<char> = text.chars().collect();
            let shorter = without(&chars, step);
            if let Ok(shorter) = shorter {
                return Some(Plain::Str(shorter.into_iter().collect()));
            }
            let step = step - removals(chars.len());
            let (index, rank) = (step / RANK.len(), step % RANK.len());
            let mut simple = chars;
            *simple.get_mut(index)? = RANK[rank];
            Some(Plain::Str(simple.into_iter().collect()))
        }
        Plain::Bytes(bytes) => {
            let shorter = without(bytes, step);
            if let Ok(shorter) = shorter {
                return Some(Plain::Bytes(shorter));
            }
            let step = step - removals(bytes.len());
            let mut simple = bytes.clone();
            *simple.get_mut(step / 2)? = [0, b'a'][step % 2];
            Some(Plain::Bytes(simple))
        }
        Plain::List(items) => match without(items, step) {
            Ok(fewer) => Some(Plain::List(fewer)),
            // An inner list in place of the list that holds it.
            Err(rest) => items
                .get(rest)
                .filter(|item| matches!(item, Plain::List(_)))
                .cloned(),
        },
        Plain::Dict(fields) => without(fields, step).ok().map(Plain::Dict),
        Plain::Tuple(_) => None,
    }
}

/// How many ways [`without`] knows.
fn removals(length: usize) -> usize {
    let mut ways = 0;
    let mut chunk = length;
    while chunk > 0 {
        ways += length.div_ceil(chunk);
        chunk /= 2;
    }
    ways
}

/// A sequence without one part: first without everything, then each half, each quarter, and at last each item. After
/// these, the remaining step number as an error.
fn without<T: Clone>(items: &[T], step: usize) -> Result<Vec<T>, usize> {
    let mut left = step;
    let mut chunk = items.len();
    while chunk > 0 {
        let parts = items.len().div_ceil(chunk);
        if left < parts {
            let from = left * chunk;
            let to = (from + chunk).min(items.len());
            return Ok([&items[..from], &items[to..]].concat());
        }
        left -= parts;
        chunk /= 2;
    }
    Err(left)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shrunk(input: Plain, mut still: impl FnMut(&Plain) -> bool) -> String {
        shrink(&input, 0, &mut |value| Some(still(value))).python()
    }

    fn text(text: &str) -> Plain {
        Plain::Str(text.into())
    }

    #[test]
    fn what_does_not_matter_is_removed() {
        let words = Plain::List(["The", "quick", "Straße", "jumps"].map(text).into());
        assert_eq!(shrunk(words, |value| value.python().contains('ß')), r#"["ß"]"#);
        let numbers = Plain::List((0..200).map(Plain::int).collect());
        assert_eq!(shrunk(numbers, |value| value.children().len() >= 3), "[0, 0, 0]");
        let big = Plain::Int(BigInt::from(1) << 90);
        let over = |value: &Plain| matches!(value, Plain::Int(number) if number.bits() > 63);
        assert_eq!(shrunk(big, over), "9223372036854775808");
        let equal = Plain::List(vec![Plain::int(77), text("x"), Plain::int(77)]);
        let ends = |value: &Plain| value.children().len() == 3 && value.children()[0] == value.children()[2];
        assert_eq!(shrunk(equal, ends), r#"[0, "", 0]"#);
        let half = |value: &Plain| matches!(value, Plain::Float(number) if number.fract().abs() == 0.5);
        assert_eq!(shrunk(Plain::Float(-1234.5), half), "0.5");
    }

    #[test]
    fn a_fixed_shape_stays() {
        let call = Plain::Tuple(vec![
            Plain::Tuple(vec![text("abcdef"), Plain::int(77)]),
            Plain::Dict(vec![(text("key"), Plain::int(9))]),
        ]);
        let simplest = shrink(&call, 2, &mut |value| Some(value.python().contains('d')));
        assert_eq!(simplest.python(), r#"(("d", 0), {"key": 0})"#);
    }

    #[test]
    fn it_ends_when_there_is_no_time() {
        let list = Plain::List((0..100).map(Plain::int).collect());
        let mut left = 5;
        let same = shrink(&list, 0, &mut |_| {
            left -= 1;
            (left > 0).then_some(false)
        });
        assert_eq!(same, list);
    }
}
