//! Shows in the terminal what Python will remove that a pair uses.

use crate::record::Deprecation;
use crate::run::state::Run;
use crate::terminal::Terminal;
use crate::text::cut;

/// The most lines for one pair; the rest is in the report.
const MOST: usize = 3;

/// The most characters of a text.
const WIDTH: usize = 100;

/// A warning, and the interpreters that raised it.
struct Raised<'a> {
    what: &'a Deprecation,
    /// Their places in the run, from 0.
    interpreters: Vec<usize>,
}

/// Shows the warnings that a pair raised, which are not failures: only those that were not shown for an earlier pair, or
/// all with `--verbose`.
pub(crate) fn show(run: &Run<'_>, at: usize, said: &mut Vec<Deprecation>, terminal: &Terminal) {
    let labels: Vec<String> = (run.interpreters.iter())
        .map(|interpreter| interpreter.python.about.label())
        .collect();
    let by_interpreter: Vec<&[Deprecation]> = (0..run.interpreters.len())
        .map(|interpreter| run.record.pairs_at(interpreter)[at].deprecations.as_slice())
        .collect();
    let options = &run.options;
    let all = options.verbose;
    // A run that only checks leaves no report or record behind.
    let place = match (options.only_checks(), options.noplot) {
        (true, _) => "with --verbose",
        (false, true) => "in the record",
        (false, false) => "in the report",
    };
    let name = &run.selected[at].entry.name;
    let mut raised = together(&by_interpreter);
    if !all {
        raised.retain(|raised| !said.iter().any(|known| known.is_same(raised.what)));
        said.extend(raised.iter().map(|raised| raised.what.clone()));
    }
    let mark = terminal.paint("33", "warn");
    for line in lines(name, &raised, &labels, (!all).then_some(MOST)) {
        terminal.say(&format!("  {mark} {line}"));
    }
    if !all && raised.len() > MOST {
        let more = raised.len() - MOST;
        terminal.say(&format!("       {more} more {place}"));
    }
}

/// The warnings of all interpreters, each once, in the order in which they first came.
fn together<'a>(by_interpreter: &[&'a [Deprecation]]) -> Vec<Raised<'a>> {
    let mut all: Vec<Raised<'a>> = Vec::new();
    for (interpreter, raised) in by_interpreter.iter().enumerate() {
        for what in *raised {
            match all.iter_mut().find(|known| known.what.is_same(what)) {
                Some(known) => known.interpreters.push(interpreter),
                None => all.push(Raised {
                    what,
                    interpreters: vec![interpreter],
                }),
            }
        }
    }
    all
}

/// A line for each warning. If `most` is given, at most that many, with their texts cut.
fn lines(name: &str, raised: &[Raised<'_>], labels: &[String], most: Option<usize>) -> Vec<String> {
    let line = |raised: &Raised<'_>| {
        let what = raised.what;
        let who = match what.variant.as_str() {
            "" => name.to_string(),
            variant => format!("{name}/{variant}"),
        };
        let text = what.message.split_whitespace().collect::<Vec<_>>().join(" ");
        let text = match most {
            Some(_) => cut(&text, WIDTH),
            None => text,
        };
        let mut place = format!("{}:{}", what.file, what.line);
        if let Some(release) = &what.removed_in {
            place += &format!(", removed in {release}");
        }
        place += &with(&raised.interpreters, labels);
        format!("{who:<16} {}: {text} ({place})", what.category)
    };
    raised.iter().take(most.unwrap_or(usize::MAX)).map(line).collect()
}

/// Which interpreters raised a warning, if there are several.
fn with(interpreters: &[usize], labels: &[String]) -> String {
    if labels.len() == 1 {
        return String::new();
    }
    if interpreters.len() == labels.len() {
        return "; with all interpreters".into();
    }
    let names: Vec<&str> = interpreters
        .iter()
        .map(|&interpreter| labels[interpreter].as_str())
        .collect();
    format!("; with {}", names.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn deprecation(line: u32, message: &str, removed_in: Option<&str>, variant: &str) -> Deprecation {
        Deprecation {
            category: "DeprecationWarning".into(),
            message: message.into(),
            removed_in: removed_in.map(Into::into),
            file: "python/flat/x.py".into(),
            line,
            source: "x()".into(),
            variant: variant.into(),
        }
    }

    fn labels(names: &[&str]) -> Vec<String> {
        names.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn a_line_has_text_place_and_release() {
        let raised = [deprecation(12, "x is\n  old", Some("3.14"), "")];
        let shown = lines(
            "trees",
            &together(&[&raised]),
            &labels(&["CPython 3.12.1"]),
            Some(3),
        );
        assert_eq!(
            shown,
            ["trees            DeprecationWarning: x is old (python/flat/x.py:12, removed in 3.14)"]
        );
    }

    #[test]
    fn what_several_interpreters_report_is_shown_once_with_their_names() {
        let (old, new) = (
            deprecation(1, "old", None, "threads"),
            deprecation(2, "new", None, ""),
        );
        let interpreters = [vec![old.clone()], vec![old.clone(), new.clone()], vec![]];
        let interpreters: Vec<&[Deprecation]> = interpreters.iter().map(Vec::as_slice).collect();
        let shown = lines(
            "trees",
            &together(&interpreters),
            &labels(&["A 1", "B 2", "C 3"]),
            Some(3),
        );
        assert_eq!(
            shown,
            [
                "trees/threads    DeprecationWarning: old (python/flat/x.py:1; with A 1, B 2)",
                "trees            DeprecationWarning: new (python/flat/x.py:2; with B 2)",
            ]
        );
        let both = [vec![new.clone()], vec![new]];
        let both: Vec<&[Deprecation]> = both.iter().map(Vec::as_slice).collect();
        let shown = lines("trees", &together(&both), &labels(&["A 1", "B 2"]), Some(3));
        assert!(
            shown[0].ends_with("(python/flat/x.py:2; with all interpreters)"),
            "{shown:?}"
        );
    }

    #[test]
    fn lines_are_few_and_short_unless_all_are_wanted() {
        let long = "é".repeat(300);
        let raised: Vec<_> = (1..=9).map(|line| deprecation(line, &long, None, "")).collect();
        let raised = together(&[&raised]);
        let one = labels(&["A 1"]);
        let few = lines("trees", &raised, &one, Some(3));
        assert_eq!(few.len(), 3);
        assert!(
            few[0].contains("é… (python") && few[0].chars().count() < 160,
            "{few:?}"
        );
        let all = lines("trees", &raised, &one, None);
        assert_eq!(all.len(), 9);
        assert!(all[8].contains(&long) && all[8].contains("x.py:9"));
    }
}
