//! The rows of one package while they are made.

use super::results::{Row, Side};
use super::sandbox::Outcome;
use std::collections::BTreeSet;

/// What runs the tests of a package, and reads what they print.
pub trait Tests {
    /// An interpreter or a compiler.
    type Release;
    /// Like `3.12`.
    fn name(release: &Self::Release) -> &String;
    /// Whether the package works with this later release; it is tried where it was not.
    fn works(&mut self, made: &mut Made, release: &Self::Release) -> Result<bool, String>;
    /// Runs them once.
    fn run(&self, release: &Self::Release) -> Result<Outcome, String>;
    /// A release is done.
    fn tidy(&self) {}
    /// Those that passed.
    fn passed(text: &str) -> BTreeSet<String>;
    /// What was printed about those that were lost, or about why none passed.
    fn why(text: &str, lost: &[String]) -> String;
}

/// Rows of one package.
#[derive(Debug)]
pub struct Made {
    like: Row,
    rows: Vec<Row>,
}

impl Made {
    /// None yet.
    pub fn new(day: &str, side: Side, package: &str) -> Self {
        let like = Row {
            day: day.into(),
            side,
            package: package.into(),
            version: String::new(),
            runtime: String::new(),
            step: "done".into(),
            ok: true,
            timed_out: false,
            seconds: 0.0,
            text: String::new(),
            names: Vec::new(),
            passed: 0,
        };
        Self {
            like,
            rows: Vec::new(),
        }
    }

    /// The day.
    pub fn day(&self) -> &str {
        &self.like.day
    }

    /// The name.
    pub fn package(&self) -> &str {
        &self.like.package
    }

    /// Name and version.
    pub fn exact(&self) -> String {
        format!("{}=={}", self.like.package, self.like.version)
    }

    /// From here on the version of the day is known.
    pub fn version(&mut self, version: &str) {
        self.like.version = version.into();
        for row in &mut self.rows {
            row.version = version.into();
        }
    }

    /// Adds a step.
    pub fn add(&mut self, runtime: &str, step: &str, outcome: &Outcome, text: String, names: Vec<String>) {
        let text = if outcome.ok { String::new() } else { text };
        self.rows.push(Row {
            runtime: runtime.into(),
            step: step.into(),
            ok: outcome.ok,
            timed_out: outcome.timed_out,
            seconds: (outcome.seconds * 10.0).round() / 10.0,
            text,
            names,
            ..self.like.clone()
        });
    }

    /// Runs tests with the release of the day, twice, and with the newest; with those between if that fails.
    pub fn run_tests<T: Tests>(
        &mut self,
        tests: &mut T,
        first: &T::Release,
        later: &[T::Release],
    ) -> Result<(), String> {
        let once = tests.run(first)?;
        let again = if once.timed_out {
            once.clone()
        } else {
            tests.run(first)?
        };
        tests.tidy();
        let stable: BTreeSet<String> = T::passed(&once.text)
            .intersection(&T::passed(&again.text))
            .cloned()
            .collect();
        let ok = !stable.is_empty() && !again.timed_out;
        let outcome = Outcome { ok, ..again };
        let text = T::why(&outcome.text, &[]);
        self.tests(T::name(first), &outcome, text, vec![], stable.len());
        if !ok {
            return Ok(());
        }
        for release in super::order(later) {
            if !tests.works(self, release)? {
                continue;
            }
            // Where none fails none is lost, whatever they are called with that release.
            let lost = |outcome: &Outcome, good: &BTreeSet<String>| match outcome.ok && !good.is_empty() {
                true => Vec::new(),
                false => Vec::from_iter(stable.difference(good).cloned()),
            };
            let mut outcome = tests.run(release)?;
            let mut good = T::passed(&outcome.text);
            if !lost(&outcome, &good).is_empty() && !outcome.timed_out {
                // A test is lost when it fails twice.
                outcome = tests.run(release)?;
                good.extend(T::passed(&outcome.text));
            }
            tests.tidy();
            let lost = lost(&outcome, &good);
            let (ok, text) = (lost.is_empty(), T::why(&outcome.text, &lost));
            let outcome = Outcome { ok, ..outcome };
            self.tests(T::name(release), &outcome, text, lost, stable.len());
            if super::is_last(later, T::name(release), T::name, ok) {
                break;
            }
        }
        Ok(())
    }

    /// Adds a run of tests.
    pub fn tests(
        &mut self,
        runtime: &str,
        outcome: &Outcome,
        text: String,
        mut lost: Vec<String>,
        passed: usize,
    ) {
        let count = lost.len();
        lost.truncate(5);
        if count > lost.len() {
            lost.push(format!("and {} more", count - lost.len()));
        }
        self.add(runtime, "tests", outcome, text, lost);
        if let Some(row) = self.rows.last_mut() {
            row.passed = passed;
        }
    }

    /// Whether no step failed with this release; what was not tried between did not.
    pub fn worked(&self, runtime: &str) -> bool {
        self.rows
            .iter()
            .all(|row| row.ok || row.runtime != runtime || row.step == "tests")
    }

    /// All of them; nothing is left to try.
    pub fn done(mut self) -> Vec<Row> {
        self.rows.push(self.like);
        self.rows
    }
}
