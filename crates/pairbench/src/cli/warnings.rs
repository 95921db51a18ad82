//! The warnings after the table, within 80 columns and few lines; the report has all of them.

use crate::analyse::{Group, groups};
use crate::record::{Warning, WarningKind};
use crate::terminal::paint;
use crate::text::{count, wrap_to};
use std::fmt::Write as _;

/// Lines, besides the heading and the last one.
const LINES: usize = 9;

/// Kinds that the table, or the line before the report's, already shows.
const SHOWN_ELSEWHERE: [WarningKind; 3] = [
    WarningKind::FailedPair,
    WarningKind::FailedVariant,
    WarningKind::Unfinished,
];

/// What casts doubt on the numbers, with remedies; empty when nothing does. `place` is where to read the rest.
pub(super) fn block(warnings: &[Warning], place: &str, colors: bool) -> String {
    let paint = |style: &str, text: &str| paint(colors, style, text);
    let groups = groups(warnings);
    let doubts: Vec<&Group<'_>> = (groups.iter())
        .filter(|group| group.is_warning() && !SHOWN_ELSEWHERE.contains(&group.kind()))
        .collect();
    if doubts.is_empty() {
        return String::new();
    }
    let mut text = String::new();
    let (mut lines, mut shown) = (0, 0);
    for group in &doubts {
        let sentence = wrap_to(2, &group.to_string(), "  ");
        let remedy = wrap_to(1, group.remedy(), "  → ");
        if shown > 0 && lines + sentence.len() + remedy.len() > LINES {
            break;
        }
        lines += sentence.len() + remedy.len();
        shown += 1;
        for line in sentence {
            let _ = writeln!(text, "{line}");
        }
        for line in remedy {
            let _ = writeln!(text, "{}", paint("36", &line));
        }
    }
    let notes = groups.iter().filter(|group| !group.is_warning()).count();
    let rest = [(doubts.len() - shown, "more warning"), (notes, "note")];
    let rest: Vec<String> = (rest.into_iter().filter(|(n, _)| *n > 0))
        .map(|(n, what)| count(n, what))
        .collect();
    if !rest.is_empty() {
        let _ = writeln!(text, "  {} in the {place}", rest.join(" and "));
    }
    format!("\n{}\n{text}", paint("33", "warnings"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::Subject;
    use crate::text::{columns, width};

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
    fn a_sound_run_has_no_warnings() {
        assert_eq!(block(&[], "report", false), "");
        let failed = WarningKind::FailedPair.found(vec![Subject::pair("a")], "1 failure");
        assert_eq!(block(&[failed], "report", false), "", "the table shows it");
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
        assert!(text.lines().all(|line| width(line) <= columns()), "{text}");
        assert!(
            text.contains("more warnings and ") && text.contains(" notes in the report"),
            "{text}"
        );
    }
}
