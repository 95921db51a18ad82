//! Warnings of one kind, shown together.

use crate::record::{Severity, Warning, WarningKind};
use std::fmt;

/// At most this many subjects are named; the rest are counted.
const MOST: usize = 6;

/// Warnings that share kind, text and remedy.
#[derive(Debug, Clone, PartialEq)]
pub struct Group<'a> {
    /// The warnings, in the order found; never empty.
    pub warnings: Vec<&'a Warning>,
}

/// Groups warnings with the same kind, text and remedy, in order of first occurrence.
pub fn groups(warnings: &[Warning]) -> Vec<Group<'_>> {
    let mut groups: Vec<Group<'_>> = Vec::new();
    for warning in warnings {
        let fits = |group: &&mut Group<'_>| {
            let first = group.first();
            (first.kind, first.severity) == (warning.kind, warning.severity)
                && (&first.text, &first.remedy) == (&warning.text, &warning.remedy)
                && !first.about.is_empty()
                && !warning.about.is_empty()
        };
        match groups.iter_mut().find(fits) {
            Some(group) => group.warnings.push(warning),
            None => groups.push(Group {
                warnings: vec![warning],
            }),
        }
    }
    groups
}

impl Group<'_> {
    fn first(&self) -> &Warning {
        self.warnings[0]
    }

    pub fn kind(&self) -> WarningKind {
        self.first().kind
    }

    /// Whether it casts doubt on the numbers.
    pub fn is_warning(&self) -> bool {
        self.first().severity == Severity::Warning
    }

    /// What it means.
    pub fn text(&self) -> &str {
        &self.first().text
    }

    /// What to do about it.
    pub fn remedy(&self) -> &str {
        &self.first().remedy
    }

    /// All figures with their subjects: `3 launches (mandelbrot, word_count)`, or `trees/rust ±12 %, words/rust ±10 %`.
    pub fn figures(&self) -> String {
        let figure = &self.first().figure;
        let names = |warning: &Warning| {
            let names: Vec<String> = warning.about.iter().map(ToString::to_string).collect();
            names.join(" and ")
        };
        if self.first().about.is_empty() {
            return figure.clone();
        }
        if self.warnings.iter().all(|warning| warning.figure == *figure) {
            let all = self.warnings.iter().map(|warning| names(warning));
            return format!("{figure} ({})", first_few(all.collect(), ", "));
        }
        // Figures that contain commas themselves are put in parentheses.
        let lists = self.warnings.iter().any(|warning| warning.figure.contains(", "));
        let all = self.warnings.iter().map(|warning| match lists {
            true => format!("{} ({})", names(warning), warning.figure),
            false => format!("{} {}", names(warning), warning.figure),
        });
        first_few(all.collect(), ", ")
    }
}

/// `What it means: figures.`
impl fmt::Display for Group<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}.", self.text(), self.figures())
    }
}

/// The first few, and how many more there are.
fn first_few(all: Vec<String>, between: &str) -> String {
    match all.len() {
        n if n > MOST => format!("{} and {} more", all[..MOST].join(between), n - MOST),
        _ => all.join(between),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::Subject;

    fn wide(pair: &str, figure: &str) -> Warning {
        WarningKind::WideInterval.found(vec![Subject::pair(pair)], figure)
    }

    #[test]
    fn warnings_of_one_kind_are_grouped() {
        let all = [
            wide("a", "±12 %"),
            WarningKind::Quick.found(Vec::new(), "3 launches"),
            wide("b", "±10 %"),
        ];
        let groups = groups(&all);
        assert_eq!(groups.len(), 2);
        assert_eq!(groups[0].to_string(), "Intervals are wide: a ±12 %, b ±10 %.");
        assert_eq!(
            groups[1].to_string(),
            "Measured with --quick, for a first look: 3 launches."
        );
    }

    #[test]
    fn a_shared_figure_is_shown_once_and_many_subjects_are_counted() {
        let all: Vec<Warning> = ["a", "b", "c", "d", "e", "f", "g", "h"]
            .map(|name| wide(name, "±12 %"))
            .into();
        assert_eq!(groups(&all)[0].figures(), "±12 % (a, b, c, d, e, f and 2 more)");
        let lists = [wide("a", "7 at 3×, 5 at 4×"), wide("b", "1 at 2×, 2 at 3×")];
        assert_eq!(
            groups(&lists)[0].figures(),
            "a (7 at 3×, 5 at 4×), b (1 at 2×, 2 at 3×)"
        );
    }

    #[test]
    fn different_texts_form_different_groups() {
        let all = [
            wide("a", "1"),
            wide("b", "1").with_remedy("something else"),
            wide("c", "1").with_text("else"),
        ];
        assert_eq!(groups(&all).len(), 3);
    }
}
