//! Pages of a report for tests: rendered, split into pieces, and as text.

use pairbench::record::Record;
use pairbench::report::render;
use std::path::Path;

/// All pages below a folder, the index first, the comparison last.
pub fn pages(folder: &Path) -> Vec<(String, String)> {
    let mut names = vec!["index.html".to_string()];
    let mut pairs: Vec<String> = (std::fs::read_dir(folder.join("pairs")).unwrap())
        .map(|entry| format!("pairs/{}", entry.unwrap().file_name().to_string_lossy()))
        .collect();
    pairs.sort();
    names.append(&mut pairs);
    names.extend(
        folder
            .join("compare.html")
            .exists()
            .then(|| "compare.html".into()),
    );
    let read = |name: String| {
        let page = std::fs::read_to_string(folder.join(&name)).unwrap();
        (name, page)
    };
    names.into_iter().map(read).collect()
}

pub fn rendered(records: &[Record]) -> Vec<(String, String)> {
    let folder = tempfile::tempdir().unwrap();
    let index = render(records, folder.path()).unwrap();
    assert_eq!(index, folder.path().join("index.html"));
    pages(folder.path())
}

/// A tag of a page, or the text between two.
pub enum Piece<'a> {
    Open(&'a str, &'a str),
    Close(&'a str),
    Text(&'a str),
}

/// Splits a page; fails if it is not well formed. Our pages have no other markup than this.
pub fn pieces(page: &str) -> Vec<Piece<'_>> {
    let mut rest = page.strip_prefix("<!DOCTYPE html>").expect("a doctype");
    let mut all = Vec::new();
    while !rest.is_empty() {
        let Some(tag) = rest.strip_prefix('<') else {
            let end = rest.find('<').unwrap_or(rest.len());
            all.push(Piece::Text(&rest[..end]));
            rest = &rest[end..];
            continue;
        };
        let mut quoted = false;
        let end = tag.find(|c| {
            quoted ^= c == '"';
            c == '>' && !quoted
        });
        let end = end.unwrap_or_else(|| panic!("an open tag: {:.80}", tag));
        let (inner, after) = (&tag[..end], &tag[end + 1..]);
        rest = after;
        let (name, attributes) = inner.split_once([' ', '\n']).unwrap_or((inner, ""));
        match name.strip_prefix('/') {
            Some(name) => all.push(Piece::Close(name)),
            None => {
                assert!(name.chars().all(|c| c.is_ascii_alphanumeric()), "{name:?}");
                all.push(Piece::Open(name, attributes));
                let void = inner.ends_with('/') || matches!(name, "meta" | "link");
                if void {
                    all.push(Piece::Close(name));
                }
            }
        }
    }
    all
}

/// The text of a page: each block on its own line, and the names of charts.
pub fn text_of(page: &str) -> String {
    const INLINE: [&str; 8] = ["a", "b", "strong", "code", "small", "span", "button", "i"];
    let (mut text, mut in_chart) = (String::new(), false);
    for piece in pieces(page) {
        match piece {
            Piece::Open("svg", attributes) => {
                in_chart = true;
                if let Some((_, label)) = attributes.split_once("aria-label=\"") {
                    text.push_str(&format!("\n[chart: {}]\n", label.split('"').next().unwrap()));
                }
            }
            Piece::Close("svg") => in_chart = false,
            Piece::Text(words) if !in_chart => text.push_str(words),
            Piece::Open("span", attributes) if attributes.contains("range") || attributes.contains("why") => {
                text.push_str(" | ");
            }
            Piece::Open("td" | "th", _) => text.push_str(" ¦ "),
            Piece::Open(name, _) | Piece::Close(name)
                if !in_chart && !INLINE.contains(&name) && name != "td" && name != "th" =>
            {
                text.push('\n');
            }
            _ => {}
        }
    }
    let lines = text
        .lines()
        .map(|line| line.split_whitespace().collect::<Vec<_>>().join(" "));
    let lines: Vec<String> = lines.filter(|line| !line.is_empty()).collect();
    // Only the version may differ from build to build.
    lines.join("\n").replace(env!("CARGO_PKG_VERSION"), "VERSION") + "\n"
}
