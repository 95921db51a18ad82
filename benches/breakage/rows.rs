//! The rows of one package while they are made.

use super::results::{Row, Side};
use super::sandbox::Outcome;

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
