//! Makes new inputs from existing ones: values are changed within their kind, towards what programs get wrong.

use super::values::{LARGEST, TEXTS, float, integer, many, sequence, unique};
use crate::registry::plain::Plain;
use rand::RngExt;
use rand::rngs::StdRng;
use rand::seq::IndexedRandom;
use std::collections::HashMap;

/// How many values are kept for each place, to be put into other inputs.
const DONORS: usize = 64;

/// Where a value is in an input, without the indices of items: `.words[]`.
pub(super) type Place = String;

/// What inputs are made of, and which changes their type has accepted so far.
#[derive(Debug, Default)]
pub(super) struct Mutator {
    /// The constants in the pair's code.
    pub constants: Vec<Plain>,
    /// How many of the top levels have a fixed shape.
    pub fixed: usize,
    /// Whether a Rust type rejects values of another kind; without one, each such value would be a finding.
    typed: bool,
    donors: HashMap<Place, Vec<Plain>>,
    /// How often a kind of change at a place was accepted, and how often it was rejected.
    learned: HashMap<(Place, u16), (u32, u32)>,
}

impl Mutator {
    /// Without inputs; `typed` if a Rust type rejects values of another kind.
    pub fn new(typed: bool) -> Self {
        Mutator {
            typed,
            ..Mutator::default()
        }
    }

    /// Takes in the values of an input.
    pub fn learn(&mut self, input: &Plain) {
        let fixed = self.fixed;
        visit(input, &mut Place::new(), 0, &mut |place, depth, value| {
            if is_free(place, depth, fixed) {
                let donors = self.donors.entry(place.into()).or_default();
                if donors.len() < DONORS && value.size() <= 1000 && !donors.contains(value) {
                    donors.push(value.clone());
                }
            }
        });
    }

    /// Notes whether the pair accepted an input with this change. Of several changes, one may have undone another.
    pub fn judge(&mut self, mut changes: Vec<(Place, u16)>, taken: bool) {
        if changes.len() == 1
            && let Some(change) = changes.pop()
        {
            let (yes, no) = self.learned.entry(change).or_default();
            *if taken { yes } else { no } += 1;
        }
    }

    /// A changed input, and what was changed.
    pub fn mutate(&self, input: &Plain, rng: &mut StdRng) -> (Plain, Vec<(Place, u16)>) {
        let mut changed = input.clone();
        let mut changes = Vec::new();
        let times = [1, 1, 1, 2, 2, 3, 5].choose(rng).copied().unwrap_or(1);
        for _ in 0..times {
            let before = changed.clone();
            let Some(change) = self.change_one(&mut changed, rng) else {
                continue;
            };
            let hopeless = self
                .learned
                .get(&change)
                .is_some_and(|&(yes, no)| yes == 0 && no >= 4);
            if hopeless || changed.size() > LARGEST {
                changed = before;
                continue;
            }
            changes.push(change);
        }
        (changed, changes)
    }

    /// Changes one value; strings, lists and numbers all have the same chance.
    fn change_one(&self, input: &mut Plain, rng: &mut StdRng) -> Option<(Place, u16)> {
        let mut nodes = 0;
        visit(input, &mut Place::new(), 0, &mut |place, depth, _| {
            nodes += usize::from(is_free(place, depth, self.fixed));
        });
        let chosen = rng.random_range(0..nodes.max(1));
        let (mut at, mut found) = (0, None);
        edit(input, &mut Place::new(), 0, &mut |place, depth, value| {
            if !is_free(place, depth, self.fixed) {
                return false;
            }
            at += 1;
            if at - 1 < chosen {
                return false;
            }
            let how = self.change(place, value, rng);
            found = Some((place.to_string(), how));
            true
        });
        found
    }

    /// Changes a value; returns which kind of change it was.
    fn change(&self, place: &str, value: &mut Plain, rng: &mut StdRng) -> u16 {
        let donors = self.donors.get(place).map_or(&[][..], Vec::as_slice);
        match rng.random_range(0..100) {
            0..2 if self.typed => {
                *value = Plain::None;
                return kind(value);
            }
            2..10 if !donors.is_empty() => {
                *value = donors.choose(rng).cloned().unwrap_or(Plain::None);
                return 1;
            }
            10..18 => {
                let alike = |known: &&Plain| std::mem::discriminant(*known) == std::mem::discriminant(value);
                let constants: Vec<&Plain> = self.constants.iter().filter(alike).collect();
                if let Some(&constant) = constants.choose(rng) {
                    *value = constant.clone();
                    return kind(value);
                }
            }
            _ => {}
        }
        match value {
            Plain::None => {
                if let Some(donor) = donors.choose(rng) {
                    *value = donor.clone();
                }
                return 1;
            }
            Plain::Bool(value) => *value = !*value,
            Plain::Int(number) => *number = integer(number, rng),
            Plain::Float(number) => *number = float(*number, rng),
            Plain::Str(text) => *text = self.text(text, place, rng),
            Plain::Bytes(bytes) => sequence(bytes, rng, |rng| {
                let interesting = [0, 1, b'\n', b' ', b'a', 0x7f, 0x80, 0xff];
                interesting.choose(rng).copied().unwrap_or(0)
            }),
            Plain::List(items) if !items.is_empty() && rng.random_range(0..200) == 0 => many(items, rng),
            Plain::List(items) => {
                let inner = format!("{place}[]");
                let new = self.donors.get(&inner).map_or(&[][..], Vec::as_slice);
                let known = items.clone();
                sequence(items, rng, |rng| {
                    let own = known
                        .choose(rng)
                        .filter(|_| new.is_empty() || rng.random_bool(0.5));
                    own.or_else(|| new.choose(rng)).cloned().unwrap_or(Plain::None)
                });
                return 100 + kind_of_items(items);
            }
            // A tuple's length is part of its type.
            Plain::Tuple(items) => {
                let at = rng.random_range(0..items.len().max(1));
                if let Some(item) = items.get_mut(at) {
                    return 200 + self.change(&format!("{place}[{at}]"), item, rng);
                }
            }
            Plain::Dict(fields) => {
                let new = (
                    self.donors.get(&format!("{place}{{}}")),
                    self.donors.get(&format!("{place}{{}}:")),
                );
                let known = fields.clone();
                sequence(fields, rng, |rng| {
                    let mut field = known
                        .choose(rng)
                        .cloned()
                        .unwrap_or((Plain::Str("a".into()), Plain::None));
                    if let (Some(keys), Some(values)) = new {
                        let donor = keys.choose(rng).cloned().zip(values.choose(rng).cloned());
                        field = donor.unwrap_or(field);
                    }
                    self.change(&format!("{place}{{}}"), &mut field.0, rng);
                    field
                });
                unique(fields);
                return 300;
            }
        }
        kind(value)
    }

    fn text(&self, text: &str, place: &str, rng: &mut StdRng) -> String {
        let special = |rng: &mut StdRng| TEXTS.choose(rng).copied().unwrap_or("");
        let chars: Vec<char> = text.chars().collect();
        let at = rng.random_range(0..=chars.len());
        let (before, after) = (&chars[..at], &chars[at..]);
        let text = |parts: &[&[char]]| parts.iter().copied().flatten().collect::<String>();
        match rng.random_range(0..12) {
            0 => special(rng).into(),
            1..4 => format!("{}{}{}", text(&[before]), special(rng), text(&[after])),
            4 => {
                let rest = after.get(1..).unwrap_or(&[]);
                format!("{}{}{}", text(&[before]), special(rng), text(&[rest]))
            }
            5 => match (chars.choose(rng), self.constants.choose(rng)) {
                (_, Some(Plain::Str(known))) => format!("{}{known}{}", text(&[before]), text(&[after])),
                (Some(&own), _) => text(&[before, &[own], after]),
                _ => "a".into(),
            },
            6 => {
                let donors = self.donors.get(place).and_then(|donors| donors.choose(rng));
                match donors {
                    Some(Plain::Str(other)) => {
                        let other: Vec<char> = other.chars().collect();
                        let from = rng.random_range(0..=other.len());
                        text(&[before, &other[from..]])
                    }
                    _ => text(&[after, before]),
                }
            }
            7 => {
                let changed = chars.iter().enumerate().flat_map(|(index, &c)| {
                    let swap = index == at || at == chars.len();
                    match swap {
                        true if c.is_lowercase() => c.to_uppercase().collect::<Vec<_>>(),
                        true => c.to_lowercase().collect(),
                        false => vec![c],
                    }
                });
                changed.collect()
            }
            _ => {
                let mut chars = chars.clone();
                let own = chars.clone();
                sequence(&mut chars, rng, |rng| own.choose(rng).copied().unwrap_or('a'));
                chars.into_iter().collect()
            }
        }
    }
}

/// The kind of a value, for integers with their number of bits: what a type rejects depends on that.
fn kind(value: &Plain) -> u16 {
    match value {
        Plain::None => 2,
        Plain::Bool(_) => 3,
        Plain::Int(number) => {
            let bits = [7, 8, 15, 16, 31, 32, 63, 64, 127, 128];
            let width = bits
                .iter()
                .position(|&bits| number.bits() <= bits)
                .unwrap_or(bits.len());
            10 + 2 * width as u16 + u16::from(number.sign() == num_bigint::Sign::Minus)
        }
        Plain::Float(number) if number.is_finite() => 4,
        Plain::Float(_) => 5,
        Plain::Str(text) if text.is_empty() => 6,
        Plain::Str(_) => 7,
        Plain::Bytes(_) => 8,
        Plain::List(_) | Plain::Tuple(_) | Plain::Dict(_) => 9,
    }
}

fn kind_of_items(items: &[Plain]) -> u16 {
    items.last().map_or(0, |item| match item {
        Plain::None => 2,
        Plain::Int(_) => 10,
        other => kind(other),
    })
}

/// Calls `see` with the place and the depth of every value, the outer before the inner.
fn visit(value: &Plain, place: &mut Place, depth: usize, see: &mut impl FnMut(&str, usize, &Plain)) {
    see(place, depth, value);
    for (at, child) in value.children().into_iter().enumerate() {
        let length = place.len();
        step(value, at, place);
        visit(child, place, depth + 1, see);
        place.truncate(length);
    }
}

/// The same with mutable values; stops as soon as one was changed.
fn edit(
    value: &mut Plain,
    place: &mut Place,
    depth: usize,
    change: &mut impl FnMut(&str, usize, &mut Plain) -> bool,
) -> bool {
    if change(place, depth, value) {
        return true;
    }
    for at in 0..value.children().len() {
        let length = place.len();
        step(value, at, place);
        let done = value
            .child_mut(at)
            .is_some_and(|child| edit(child, place, depth + 1, change));
        place.truncate(length);
        if done {
            return true;
        }
    }
    false
}

/// Adds one level to the place. Dict fields with strings as keys are named by them, since most are those of a struct.
fn step(outer: &Plain, at: usize, place: &mut Place) {
    match outer {
        Plain::Tuple(_) => *place += &format!("[{at}]"),
        Plain::Dict(fields) => match (&fields[at / 2].0, at % 2) {
            (_, 0) => *place += "{}",
            (Plain::Str(name), _) if fields.len() <= 12 && name.len() <= 32 => *place += &format!(".{name}"),
            _ => *place += "{}:",
        },
        _ => *place += "[]",
    }
}

/// Whether a value at this place may be changed: it is below the levels whose shape is fixed, and names no argument.
fn is_free(place: &str, depth: usize, fixed: usize) -> bool {
    depth > fixed || depth == fixed && (fixed == 0 || !place.ends_with("{}"))
}

#[cfg(test)]
mod tests;
