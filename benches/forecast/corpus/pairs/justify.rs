//! Break paragraphs into lines of equal width, with the spaces spread between the words.

use crate::draw::*;
use pairbench::registry::prelude::*;
use std::fmt::Write;
use std::iter;

/// The pair.
pub fn pair() -> Pair {
    Pair::new(Profile::Flat, "breaks and justifies paragraphs")
        .input(generate)
        .cases("paragraphs", &[5, 400, 1_600])
        .rust(rust)
        .build()
}

#[derive(Serialize)]
struct Input {
    paragraphs: Vec<String>,
    width: u32,
}

fn generate(size: u64, seed: u64) -> Input {
    let mut rng = rng(seed);
    let mut paragraph = |_| {
        let sentences = rng.random_range(0..=8);
        (0..sentences).map(|_| sentence(&mut rng)).collect()
    };
    Input {
        paragraphs: (0..size).map(&mut paragraph).collect(),
        width: 72,
    }
}

fn length(word: &str) -> usize {
    word.chars().count()
}

fn lines(paragraph: &str, width: usize) -> impl Iterator<Item = (Vec<&str>, bool)> {
    let mut words = paragraph.split_whitespace().peekable();
    iter::from_fn(move || {
        let first = words.next()?;
        let mut line = vec![first];
        let mut letters = length(first);
        while let Some(word) = words.next_if(|word| letters + line.len() + length(word) <= width) {
            line.push(word);
            letters += length(word);
        }
        Some((line, words.peek().is_none()))
    })
}

fn spread(words: &[&str], width: usize, out: &mut String) {
    let (last, others) = words.split_last().unwrap();
    let gaps = others.len();
    if gaps == 0 {
        write!(out, "{last:<width$}").unwrap();
        return;
    }
    let spaces = width - words.iter().map(|word| length(word)).sum::<usize>();
    let (space, more) = (spaces / gaps, spaces % gaps);
    for (at, word) in others.iter().enumerate() {
        out.push_str(word);
        out.extend(iter::repeat_n(' ', space + usize::from(at < more)));
    }
    out.push_str(last);
}

fn rust(input: &Input) -> String {
    let width = input.width as usize;
    let mut out = String::new();
    for paragraph in &input.paragraphs {
        for (words, last) in lines(paragraph, width) {
            if last {
                write!(out, "{:<width$}", words.join(" ")).unwrap();
            } else {
                spread(&words, width, &mut out);
            }
            out.push('\n');
        }
        out.push('\n');
    }
    out.pop();
    out
}
