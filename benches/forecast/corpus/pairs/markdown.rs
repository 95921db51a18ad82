//! Turn a little Markdown into HTML: blocks line by line, marks letter by letter.

use crate::draw::*;
use pairbench::registry::prelude::*;
use std::fmt::Write;

/// The pair.
pub fn pair() -> Pair {
    Pair::new(Profile::Flat, "turns Markdown into HTML")
        .input(generate)
        .cases("lines", &[10, 600, 2_400])
        .rust(rust)
        .build()
}

fn generate(size: u64, seed: u64) -> String {
    let mut rng = rng(seed);
    let mut text = String::new();
    for _ in 0..size {
        let start = match rng.random_range(0..12) {
            0 => "\n# ",
            1 => "\n### ",
            2..5 => "- ",
            5 | 6 => "\n",
            _ => "",
        };
        text.push_str(start);
        let marked = match rng.random_range(0..6) {
            0 => format!("**{}** ", word(&mut rng, 1..=4)),
            1 => format!("`{} < {}` ", word(&mut rng, 1..=2), word(&mut rng, 1..=2)),
            2 => format!(
                "[{}](https://example.org/{}) ",
                word(&mut rng, 1..=3),
                word(&mut rng, 1..=3)
            ),
            3 => "a & b [no link ".to_string(),
            _ => String::new(),
        };
        text.push_str(&marked);
        text.push_str(&sentence(&mut rng));
        text.push('\n');
    }
    text
}

fn escape(letter: char, out: &mut String) {
    match letter {
        '&' => out.push_str("&amp;"),
        '<' => out.push_str("&lt;"),
        '>' => out.push_str("&gt;"),
        _ => out.push(letter),
    }
}

/// The text of a link, its address, and what follows.
fn link(text: &str) -> Option<(&str, &str, &str)> {
    let (label, after) = text.split_once("](")?;
    let (address, after) = after.split_once(')')?;
    Some((label, address, after))
}

fn inline(text: &str, out: &mut String) {
    let (mut strong, mut code) = (false, false);
    let mut rest = text;
    while let Some(letter) = rest.chars().next() {
        let after = &rest[letter.len_utf8()..];
        rest = match letter {
            '`' => {
                out.push_str(if code { "</code>" } else { "<code>" });
                code = !code;
                after
            }
            '*' if !code && after.starts_with('*') => {
                out.push_str(if strong { "</strong>" } else { "<strong>" });
                strong = !strong;
                &after[1..]
            }
            '[' if !code => match link(after) {
                Some((label, address, after)) => {
                    out.push_str("<a href=\"");
                    address.chars().for_each(|letter| escape(letter, out));
                    out.push_str("\">");
                    label.chars().for_each(|letter| escape(letter, out));
                    out.push_str("</a>");
                    after
                }
                None => {
                    out.push('[');
                    after
                }
            },
            _ => {
                escape(letter, out);
                after
            }
        };
    }
}

#[derive(Default)]
struct Page<'a> {
    out: String,
    paragraph: Vec<&'a str>,
    in_list: bool,
}

impl Page<'_> {
    fn close(&mut self) {
        if !self.paragraph.is_empty() {
            self.out.push_str("<p>");
            inline(&self.paragraph.join(" "), &mut self.out);
            self.out.push_str("</p>\n");
            self.paragraph.clear();
        }
        if self.in_list {
            self.out.push_str("</ul>\n");
            self.in_list = false;
        }
    }
}

fn rust(text: &String) -> String {
    let mut page = Page::default();
    for line in text.lines() {
        let line = line.trim_end();
        if line.is_empty() {
            page.close();
        } else if line.starts_with('#') {
            page.close();
            let title = line.trim_start_matches('#');
            let level = line.len() - title.len();
            write!(page.out, "<h{level}>").unwrap();
            inline(title.trim(), &mut page.out);
            writeln!(page.out, "</h{level}>").unwrap();
        } else if let Some(item) = line.strip_prefix("- ") {
            if !page.in_list {
                page.close();
                page.out.push_str("<ul>\n");
                page.in_list = true;
            }
            page.out.push_str("<li>");
            inline(item, &mut page.out);
            page.out.push_str("</li>\n");
        } else {
            if page.in_list {
                page.close();
            }
            page.paragraph.push(line);
        }
    }
    page.close();
    page.out.pop();
    page.out
}
