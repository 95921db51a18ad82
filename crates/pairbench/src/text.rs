//! Counts, percentages, texts that have to fit a width, and the name of the tool in advice.

use sha2::{Digest, Sha256};
use std::borrow::Cow;
use std::fmt::Write;
use std::sync::OnceLock;
use textwrap::{Options, WordSeparator, WordSplitter};
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// Tables and messages are at most this wide, in columns.
const WIDEST: usize = 80;

/// Below this a table is unreadable, however narrow the terminal.
const NARROWEST: usize = 40;

/// How the user calls the tool.
static TOOL: OnceLock<&str> = OnceLock::new();

/// How the user calls the tool that renders, compares and exports records: `pairbench`, or `cargo run --` in a checkout
/// of pairbench itself.
pub(crate) fn tool() -> &'static str {
    TOOL.get().copied().unwrap_or("pairbench")
}

/// Finds out how the user calls the tool. For the programs that `cargo run` and `cargo bench` start, Cargo sets a
/// variable to the name of the package.
pub(crate) fn name_tool() {
    let package = std::env::var("CARGO_PKG_NAME").unwrap_or_default();
    if ["pairbench", "pairbench-catalogue"].contains(&package.as_str()) {
        let _ = TOOL.set("cargo run --");
    }
}

/// A time in RFC 3339 format, in whole seconds of UTC.
pub(crate) fn utc(time: jiff::Timestamp) -> String {
    time.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

/// `1 launch`, `2 launches`.
pub(crate) fn count(n: usize, noun: &str) -> String {
    match n {
        1 => format!("1 {noun}"),
        n if noun.ends_with("ch") || noun.ends_with("ss") => format!("{} {noun}es", thousands(n as f64)),
        n => format!("{} {noun}s", thousands(n as f64)),
    }
}

/// A whole number with commas: `1,234,567`.
pub(crate) fn thousands(value: f64) -> String {
    let digits = format!("{value:.0}");
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// The text with its first letter in upper case.
pub(crate) fn capital(text: &str) -> String {
    let mut letters = text.chars();
    let first = letters.next().map(char::to_uppercase);
    first.into_iter().flatten().chain(letters).collect()
}

/// A share as a percentage with two significant digits: `12 %`, `1.2 %`, `0.43 %`; one digit more near 100 %.
pub(crate) fn percent(share: f64) -> String {
    let percent = share * 100.0;
    match percent.abs() {
        0.0 => "0 %".into(),
        p if p < 0.005 => "under 0.01 %".into(),
        p if p < 0.995 => format!("{percent:.2} %"),
        p if p < 9.95 || (98.5..99.95).contains(&p) => format!("{percent:.1} %"),
        _ => format!("{percent:.0} %"),
    }
}

/// Eight hexadecimal digits that distinguish texts in file names.
pub(crate) fn short_hash(text: &str) -> String {
    let hash = Sha256::digest(text);
    hash.iter().take(4).map(|byte| format!("{byte:02x}")).collect()
}

/// The text with characters made visible that could mislead a reader: those that change the direction of the text (with
/// them a name or a source could pretend to be another), and control characters, which move a terminal's cursor and
/// which HTML does not allow.
pub(crate) fn visible(text: &str) -> Cow<'_, str> {
    let hides = |c: char| {
        let changes_direction = matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
        changes_direction || (c.is_control() && !matches!(c, '\n' | '\t' | '\r'))
    };
    if !text.contains(hides) {
        return text.into();
    }
    let mut shown = String::with_capacity(text.len() + 64);
    for c in text.chars() {
        if hides(c) {
            let _ = write!(shown, "[U+{:04X}]", u32::from(c));
        } else {
            shown.push(c);
        }
    }
    shown.into()
}

/// Columns that a text takes on a terminal.
pub(crate) fn width(text: &str) -> usize {
    text.width()
}

/// Columns for tables and messages: those of the terminal, within limits; 80 without a terminal.
pub(crate) fn columns() -> usize {
    textwrap::termwidth().clamp(NARROWEST, WIDEST)
}

/// The first line of a text, cut with an ellipsis at the end if it is wider than `most` columns.
pub(crate) fn cut(text: &str, most: usize) -> String {
    let line = text.lines().next().unwrap_or_default();
    if line.width() <= most {
        return line.to_string();
    }
    let mut kept = String::new();
    let mut used = 0;
    for c in line.chars() {
        used += c.width().unwrap_or(0);
        if used >= most {
            break;
        }
        kept.push(c);
    }
    format!("{}…", kept.trim_end_matches([',', ';', ' ']))
}

/// A cell of a table: the text, cut or padded with spaces to this many columns.
pub(crate) fn left(text: &str, columns: usize) -> String {
    let text = cut(text, columns);
    let gap = columns.saturating_sub(text.width());
    text + &" ".repeat(gap)
}

/// A cell with a name. One that is too long keeps both ends, because names of one family often differ only at the end.
pub(crate) fn name_cell(name: &str, columns: usize) -> String {
    if width(name) <= columns {
        return left(name, columns);
    }
    let end: String = name.chars().skip(name.chars().count() - columns / 3).collect();
    left(&(cut(name, columns - width(&end)) + &end), columns)
}

/// Like [`left`], with the spaces before the text.
pub(crate) fn right(text: &str, columns: usize) -> String {
    let text = cut(text, columns);
    " ".repeat(columns.saturating_sub(text.width())) + &text
}

/// The words of a text wrapped to the [`columns`] of the terminal; the first line starts with `first`, all others with
/// `later`. A word that is too wide is not broken.
pub(crate) fn wrap(text: &str, first: &str, later: &str) -> Vec<String> {
    let options = Options::new(columns())
        .initial_indent(first)
        .subsequent_indent(later)
        .break_words(false)
        .word_separator(WordSeparator::AsciiSpace)
        .word_splitter(WordSplitter::NoHyphenation);
    let words: Vec<&str> = text.split_whitespace().collect();
    let words = words.join(" ");
    let lines = textwrap::wrap(&words, options);
    lines.into_iter().map(Cow::into_owned).collect()
}

/// At most `most` lines of [`wrap`], all indented as far as the first line's text; what does not fit ends in `…`.
pub(crate) fn wrap_to(most: usize, text: &str, indent: &str) -> Vec<String> {
    let mut lines = wrap(text, indent, &" ".repeat(indent.width()));
    if lines.len() > most {
        lines.truncate(most);
        if let Some(last) = lines.last_mut() {
            // Wider than anything, so that it ends in an ellipsis.
            *last = cut(&format!("{last}{}", " ".repeat(columns())), columns());
        }
    }
    lines.iter().map(|line| cut(line, columns())).collect()
}

/// The text before the next code span, in one or two backticks, the code, and the text after it.
pub(crate) fn next_code(text: &str) -> Option<(&str, &str, &str)> {
    let at = text.find('`')?;
    let fence = if text[at..].starts_with("``") { "``" } else { "`" };
    let inside = &text[at + fence.len()..];
    let (code, after) = inside.split_once(fence)?;
    (!code.is_empty()).then_some((&text[..at], code, after))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_as_wide_as_their_column() {
        assert_eq!(left("日本", 6), "日本  ");
        assert_eq!(right("日本", 6), "  日本");
        assert_eq!(right("1.5×", 6), "  1.5×");
        for cell in [left("日本語", 4), right("日本語", 4), left("longer", 4)] {
            assert!(cell.contains('…') && width(&cell) == 4, "{cell:?}");
        }
    }

    #[test]
    fn names_of_one_family_stay_apart() {
        let of = |end: &str| name_cell(&format!("requests_of_a_family_{end}"), 16);
        assert_eq!(
            (of("one"), of("two")),
            ("requests_o…y_one".into(), "requests_o…y_two".into())
        );
        assert_eq!(name_cell("short", 8), "short   ");
    }

    #[test]
    fn counts_are_plural_but_for_one() {
        assert_eq!(count(1, "launch"), "1 launch");
        assert_eq!(count(0, "launch"), "0 launches");
        assert_eq!(count(1234, "pair"), "1,234 pairs");
    }

    #[test]
    fn numbers_have_commas() {
        for (value, text) in [
            (0.0, "0"),
            (999.4, "999"),
            (1000.0, "1,000"),
            (1234567.0, "1,234,567"),
        ] {
            assert_eq!(thousands(value), text);
        }
    }

    #[test]
    fn percentages_have_two_digits() {
        for (share, text) in [
            (0.0, "0 %"),
            (0.00001, "under 0.01 %"),
            (0.0043, "0.43 %"),
            (0.00999, "1.0 %"),
            (0.0123, "1.2 %"),
            (0.0999, "10 %"),
            (0.123, "12 %"),
            (0.9931, "99.3 %"),
            (0.9999, "100 %"),
            (-0.0123, "-1.2 %"),
            (3.5, "350 %"),
        ] {
            assert_eq!(percent(share), text);
        }
    }

    #[test]
    fn hidden_characters_are_shown() {
        assert_eq!(visible("a\u{202e}b\0c\u{2069}"), "a[U+202E]b[U+0000]c[U+2069]");
        for plain in ["<p>\ttext\r\n</p>", "שלום, مرحبا, é, 日本"] {
            assert!(matches!(visible(plain), Cow::Borrowed(text) if text == plain));
        }
    }

    #[test]
    fn texts_are_cut_by_the_columns_that_they_take() {
        assert_eq!(cut("äbc", 3), "äbc");
        assert_eq!(cut("äbcd", 3), "äb…");
        assert_eq!(cut("数字数字", 5), "数字…");
        assert_eq!(cut("数字数字", 4), "数…");
        assert_eq!(cut("first\nsecond", 9), "first");
        assert_eq!(cut("", 0), "");
    }

    #[test]
    fn long_words_and_long_texts_are_cut() {
        let lines = wrap_to(2, &"x".repeat(200), "  ");
        assert_eq!(lines.len(), 1);
        assert!(lines[0].ends_with('…') && width(&lines[0]) == columns());
        let lines = wrap_to(2, &"some, ".repeat(60), "  → ");
        assert_eq!(lines.len(), 2);
        assert!(
            lines[1].starts_with("    some") && lines[1].ends_with("some…"),
            "{lines:?}"
        );
        assert_eq!(wrap_to(2, "few  words", "  → "), ["  → few words"]);
        let wide = wrap(&"数字 ".repeat(40), "", "");
        assert!(wide.len() > 2 && wide.iter().all(|line| width(line) <= columns()));
    }
}
