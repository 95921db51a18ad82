//! The warnings after the table, within 80 columns and few lines; the report has all of them.

use crate::analyse::{Group, groups};
use crate::record::{Warning, WarningKind};
use std::fmt::Write as _;

const WIDTH: usize = 80;

/// Lines, besides the heading and the last one.
const LINES: usize = 9;

/// What the table, or the line before the report's, says already.
const SAID: [WarningKind; 3] = [
    WarningKind::FailedPair,
    WarningKind::FailedVariant,
    WarningKind::Unfinished,
];

/// What casts doubt on the numbers, with remedies; empty when nothing does. `place` is where to read the rest.
pub(super) fn block(warnings: &[Warning], place: &str, colors: bool) -> String {
    let paint = |style: &str, text: &str| match colors {
        true => format!("\x1b[{style}m{text}\x1b[0m"),
        false => text.to_string(),
    };
    let groups = groups(warnings);
    let doubts: Vec<&Group<'_>> = (groups.iter())
        .filter(|group| group.is_warning() && !SAID.contains(&group.kind()))
        .collect();
    if doubts.is_empty() {
        return String::new();
    }
    let mut text = String::new();
    let (mut lines, mut told) = (0, 0);
    for group in &doubts {
        let sentence = wrapped(&group.to_string(), "  ", 2);
        let remedy = wrapped(group.remedy(), "  → ", 1);
        if told > 0 && lines + sentence.len() + remedy.len() > LINES {
            break;
        }
        lines += sentence.len() + remedy.len();
        told += 1;
        for line in sentence {
            let _ = writeln!(text, "{line}");
        }
        for line in remedy {
            let _ = writeln!(text, "{}", paint("36", &line));
        }
    }
    let notes = groups.iter().filter(|group| !group.is_warning()).count();
    let rest = [(doubts.len() - told, "warning"), (notes, "note")];
    let rest: Vec<String> = (rest.into_iter().filter(|(n, _)| *n > 0))
        .map(|(n, what)| {
            format!(
                "{n} {}{what}{}",
                if what == "note" { "" } else { "more " },
                if n == 1 { "" } else { "s" }
            )
        })
        .collect();
    if !rest.is_empty() {
        let _ = writeln!(text, "  {} in the {place}", rest.join(" and "));
    }
    format!("\n{}\n{text}", paint("33", "warnings"))
}

/// At most so many lines of words, the later ones as far in as the first one's text; what does not fit ends in `…`.
pub(super) fn wrapped(text: &str, indent: &str, most: usize) -> Vec<String> {
    let hanging = " ".repeat(indent.chars().count());
    let mut lines = vec![indent.to_string()];
    for word in text.split_whitespace() {
        let line = lines.last_mut().expect("one at least");
        let fresh = line.trim_end() == indent.trim_end() || line.trim().is_empty();
        let length = line.chars().count() + word.chars().count() + usize::from(!fresh);
        if fresh || length <= WIDTH {
            line.push_str(if fresh { "" } else { " " });
            line.push_str(word);
        } else {
            lines.push(format!("{hanging}{word}"));
        }
    }
    if lines.len() > most {
        lines.truncate(most);
        let last = lines.last_mut().expect("one at least");
        let kept: String = last.chars().take(WIDTH - 1).collect();
        *last = format!("{}…", kept.trim_end_matches([',', ';', ' ']));
    }
    for line in &mut lines {
        if line.chars().count() > WIDTH {
            *line = line.chars().take(WIDTH - 1).chain(['…']).collect();
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::Subject;

    fn some() -> Vec<Warning> {
        let wide = |pair: &str| WarningKind::WideInterval.found(vec![Subject::pair(pair)], "±12 %");
        let mut all: Vec<Warning> = WarningKind::ALL
            .iter()
            .filter(|kind| **kind != WarningKind::WideInterval)
            .map(|kind| kind.found(Vec::new(), "some figure"))
            .collect();
        all.extend((0..40).map(|i| wide(&format!("a_pair_of_some_length_{i}"))));
        all
    }

    #[test]
    fn nothing_is_said_of_a_sound_run() {
        assert_eq!(block(&[], "report", false), "");
        let failed = WarningKind::FailedPair.found(vec![Subject::pair("a")], "1 failure");
        assert_eq!(block(&[failed], "report", false), "", "the table says it");
    }

    #[test]
    fn text_figure_and_remedy_in_two_lines() {
        let found = WarningKind::Quick.found(Vec::new(), "3 launches of 10 samples");
        assert_eq!(
            block(&[found], "report", false),
            "\nwarnings\n  Measured with --quick, for a first look: 3 launches of 10 samples.\n  → leave out --quick\n"
        );
        let note = WarningKind::DirtyCheckout.found(Vec::new(), "abc-dirty");
        assert_eq!(
            block(std::slice::from_ref(&note), "report", false),
            "",
            "a note is no doubt"
        );
        let quick = WarningKind::Quick.found(Vec::new(), "3 launches");
        assert!(block(&[quick, note], "record", false).ends_with("\n  1 note in the record\n"));
    }

    #[test]
    fn it_stays_short_and_narrow() {
        let text = block(&some(), "report", false);
        assert!(text.lines().count() <= LINES + 3, "{text}");
        assert!(text.lines().all(|line| line.chars().count() <= WIDTH), "{text}");
        assert!(
            text.contains("more warnings and ") && text.contains(" notes in the report"),
            "{text}"
        );
    }

    #[test]
    fn long_words_and_long_texts_are_cut() {
        let lines = wrapped(&"x".repeat(200), "  ", 2);
        assert_eq!(lines.len(), 1);
        assert!(lines[0].ends_with('…') && lines[0].chars().count() == WIDTH);
        let lines = wrapped(&"some, ".repeat(60), "  → ", 2);
        assert_eq!(lines.len(), 2);
        assert!(
            lines[1].starts_with("    some") && lines[1].ends_with("some…"),
            "{lines:?}"
        );
    }
}
