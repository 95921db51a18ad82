//! What a study of releases found, independently of any run.

use super::Evidence;
use crate::estimate::Share;

/// How many packages of a day still work with the newest release; `cargo bench --bench breakage` writes it.
const KEPT: &str = include_str!("breakage.csv");

/// One side on one day.
struct Survival<'a> {
    release: &'a str,
    works: u32,
    judged: u32,
}

impl Survival<'_> {
    fn share(&self) -> Share {
        Share::of(
            f64::from(self.works) / f64::from(self.judged.max(1)),
            self.judged.into(),
        )
    }
}

/// What the study found about both halves of the claim, with its sample sizes.
pub(super) fn releases() -> Evidence {
    let days = days(KEPT);
    let days: Vec<String> = days.iter().map(|(day, sides)| sentence(day, sides)).collect();
    Evidence::of(format!(
        "Apart from this run, a study tried published packages (docs/evidence/breakage.md): {}",
        days.join("; ")
    ))
}

/// Each day, with the results for Python and for Rust.
fn days(text: &str) -> Vec<(&str, [Survival<'_>; 2])> {
    let find = |side: &str, day: &str| {
        let fields = text.lines().map(|line| line.split(',').collect::<Vec<_>>());
        let mut found = fields.filter_map(|fields| match fields[..] {
            [one, at, release, works, judged] if one == side && at == day => Some(Survival {
                release,
                works: works.parse().ok()?,
                judged: judged.parse().ok()?,
            }),
            _ => None,
        });
        found.next()
    };
    let mut days: Vec<&str> = text
        .lines()
        .skip(1)
        .filter_map(|line| line.split(',').nth(1))
        .collect();
    days.sort_unstable();
    days.dedup();
    days.into_iter()
        .filter_map(|day| Some((day, [find("Python", day)?, find("Rust", day)?])))
        .collect()
}

fn sentence(day: &str, [python, rust]: &[Survival<'_>; 2]) -> String {
    let (ours, theirs) = (python.share(), rust.share());
    let verdict = if ours.high < theirs.low {
        "Python broke more"
    } else if theirs.high < ours.low {
        "Rust broke more"
    } else {
        "which broke more is not clear"
    };
    format!(
        "of {day}, {} of {} still install and import with Python {}, and {} of {} build with Rust {}: {verdict}",
        python.works, python.judged, python.release, rust.works, rust.judged, rust.release
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_difference_needs_intervals_that_do_not_overlap() {
        let text = |python: &str| {
            format!("side,day,release,works,judged\nPython,d,3.15,{python}\nRust,d,1.99,40,40\n")
        };
        let of = |python: &str| {
            let text = text(python);
            let days = days(&text);
            assert_eq!(days.len(), 1);
            sentence(days[0].0, &days[0].1)
        };
        assert_eq!(
            of("20,40"),
            "of d, 20 of 40 still install and import with Python 3.15, and 40 of 40 build with Rust 1.99: Python broke more"
        );
        assert!(of("39,40").ends_with("which broke more is not clear"));
    }

    #[test]
    fn the_kept_study_has_both_days() {
        let days = days(KEPT);
        assert_eq!(
            days.iter().map(|(day, _)| *day).collect::<Vec<_>>(),
            ["2020-01-01", "2023-01-01"]
        );
        assert!(
            days.iter()
                .flat_map(|(_, sides)| sides)
                .all(|side| side.judged > 0 && side.works <= side.judged)
        );
    }
}
