//! `benches/pairs.rs`: finds where a pair can be added to it.

use proc_macro2::{Delimiter, TokenStream, TokenTree};
use std::ops::Range;

/// The file without pairs.
pub(super) const EMPTY: &str = "\
//! Python functions beside their ports to Rust: `cargo bench` proves that they agree, and measures them.

use pairbench::prelude::*;

fn main() -> ExitCode {
    suite!().run()
}
";

/// A suite in the source: `suite!()`, its pairs, and `.run()`.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Chain {
    /// Byte offset of `.run()`.
    pub run: usize,
    /// Its pairs whose names are literals.
    pub pairs: Vec<Declared>,
}

/// What a pair declares about its Python side, as far as it is given in literals.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Declared {
    pub name: String,
    /// `package.module:function`, or `FILE.py:function`.
    pub function: Option<String>,
    /// The file with its calls.
    pub calls: Option<String>,
    /// The file whose content is the only argument.
    pub input_file: Option<String>,
}

impl Declared {
    fn of(name: &str, arguments: TokenStream) -> Self {
        let tokens: Vec<TokenTree> = arguments.into_iter().collect();
        let argument = |method: &str| {
            let at = (0..tokens.len()).find(|&at| is_word(&tokens, at, method))?;
            match tokens.get(at + 1) {
                Some(TokenTree::Group(group)) => literal(group.stream()),
                _ => None,
            }
        };
        Declared {
            name: name.into(),
            function: argument("of"),
            calls: argument("calls"),
            input_file: argument("input_file"),
        }
    }
}

/// The text of the first argument, if it is a plain literal.
fn literal(arguments: TokenStream) -> Option<String> {
    match arguments.into_iter().next() {
        Some(TokenTree::Literal(text)) => Some(text.to_string().trim_matches('"').to_string()),
        _ => None,
    }
}

/// The one chain of a source.
///
/// # Errors
///
/// If the source is not Rust, or has no chain or several.
pub(super) fn chain_of(source: &str) -> Result<Chain, String> {
    let tokens: TokenStream = source
        .parse()
        .map_err(|error| format!("this is not valid Rust ({error}); correct it first"))?;
    let mut found = Vec::new();
    search(tokens, &mut found);
    let one = found.pop().filter(|_| found.is_empty());
    one.ok_or_else(|| {
        "there is no single place for a pair: a file of pairs has `suite!()` and then `.run()` once, as in \
         `suite!().pair(…).run()`. Add it by hand, or move another file out of the way"
            .into()
    })
}

fn search(tokens: TokenStream, found: &mut Vec<Chain>) {
    let tokens: Vec<TokenTree> = tokens.into_iter().collect();
    for (at, token) in tokens.iter().enumerate() {
        if let TokenTree::Group(group) = token {
            search(group.stream(), found);
        }
        if is_word(&tokens, at, "suite") && is_mark(&tokens, at + 1, '!') {
            found.extend(chain(&tokens[at + 2..]));
        }
    }
}

/// The calls after `suite!`, up to `.run()`; `None` if the expression ends before it.
fn chain(tokens: &[TokenTree]) -> Option<Chain> {
    let mut pairs = Vec::new();
    let ends = |at: usize| is_mark(tokens, at, ';') || is_mark(tokens, at, ',');
    for at in (1..tokens.len()).take_while(|&at| !ends(at)) {
        let Some(TokenTree::Group(arguments)) = tokens.get(at + 2) else {
            continue;
        };
        if !is_mark(tokens, at, '.') || arguments.delimiter() != Delimiter::Parenthesis {
            continue;
        }
        if is_word(tokens, at + 1, "run") {
            let Range { start, .. } = tokens[at].span().byte_range();
            return Some(Chain { run: start, pairs });
        }
        if is_word(tokens, at + 1, "pair")
            && let Some(name) = literal(arguments.stream())
        {
            pairs.push(Declared::of(&name, arguments.stream()));
        }
    }
    None
}

fn is_word(tokens: &[TokenTree], at: usize, word: &str) -> bool {
    matches!(tokens.get(at), Some(TokenTree::Ident(ident)) if *ident == word)
}

fn is_mark(tokens: &[TokenTree], at: usize, mark: char) -> bool {
    matches!(tokens.get(at), Some(TokenTree::Punct(punct)) if punct.as_char() == mark)
}

/// Inserts lines of code before `.run()`, each indented like the calls of the chain.
pub(super) fn with(source: &str, chain: &Chain, lines: &[String]) -> String {
    let (before, after) = source.split_at(chain.run);
    let line = &before[before.rfind('\n').map_or(0, |at| at + 1)..];
    let indent: String = line.chars().take_while(|c| c.is_whitespace()).collect();
    let end = if source.contains("\r\n") { "\r\n" } else { "\n" };
    // `.run()` may be on a line of its own, or after the last pair.
    let (before, indent) = match line.trim().is_empty() {
        true => (&before[..before.len() - indent.len()], indent),
        false => (before, format!("{indent}    ")),
    };
    let mut text = before.to_string();
    if !text.ends_with('\n') {
        text += end;
    }
    for line in lines {
        text += &format!("{indent}{line}{end}");
    }
    text + &indent + after
}

#[cfg(test)]
mod tests {
    use super::*;

    fn added(source: &str) -> String {
        with(source, &chain_of(source).unwrap(), &[".pair(\"b\", B)".into()])
    }

    #[test]
    fn a_pair_goes_before_run_however_the_chain_is_written() {
        let file = |chain: &str| format!("fn main() -> ExitCode {{\n    {chain}\n}}\n");
        let wanted = file("suite!()\n        .pair(\"b\", B)\n        .run()");
        assert_eq!(added(&file("suite!().run()")), wanted);
        assert_eq!(added(&file("suite!()\n        .run()")), wanted);
        assert_eq!(
            added(
                &wanted
                    .replace('\n', "\r\n")
                    .replace("        .pair(\"b\", B)\r\n", "")
            ),
            wanted.replace('\n', "\r\n")
        );
        let one = file("suite!().pair(\"a\", Pair::of(\"m:f\")).run()");
        assert_eq!(
            added(&one),
            file("suite!().pair(\"a\", Pair::of(\"m:f\"))\n        .pair(\"b\", B)\n        .run()")
        );
    }

    #[test]
    fn comments_strings_and_calls_within_a_pair_do_not_end_the_chain() {
        let source = "fn main() {\n    // suite!().run()\n    let suite = suite!() /* .run() */\n        .pair(\"a ; ){\", Pair::of(\"m:f\")\
                      .rust(|n: i64| { x().run(); n }))\n        // the last one\n        .run();\n    suite\n}\n";
        let chain = chain_of(source).unwrap();
        let pair = Declared {
            name: "a ; ){".into(),
            function: Some("m:f".into()),
            ..Declared::default()
        };
        assert_eq!(chain.pairs, [pair]);
        assert_eq!(
            added(source),
            source.replace("        .run();", "        .pair(\"b\", B)\n        .run();")
        );
    }

    #[test]
    fn sources_without_one_chain_are_refused() {
        for source in [
            "criterion_main!(benches);",
            "fn main() { suite!(); x.run() }",
            "fn main() { suite!().run(); suite!().run() }",
            "fn main() { (suite!() }",
        ] {
            assert!(chain_of(source).is_err(), "{source}");
        }
        assert!(chain_of(EMPTY).is_ok());
    }

    #[test]
    fn places_are_bytes_even_after_non_ascii_text() {
        let source = "// größer – 数\nfn main() { let _ = \"ü\"; suite!().run() }";
        let chain = chain_of(source).unwrap();
        assert_eq!(&source[chain.run..], ".run() }");
    }
}
