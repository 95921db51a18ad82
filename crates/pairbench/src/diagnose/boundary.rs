//! What a call from Python into Rust costs, by the types that cross.

use super::{About, Diagnose, Finding, RunDiagnoses};
use crate::hosts::worker::WorkerSetup;
use crate::hosts::{Fault, script};
use crate::registry::{Variant, boundary};
use serde::{Deserialize, Serialize};

/// Fresh processes. Six give an interval by ranks; one more makes it a little more robust to a disturbed one.
const PROCESSES: usize = 7;

/// What crossing costs, by the type of the argument.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Boundary {
    /// By type, in display order. First the loop without any call, then, for comparison, a call that does not cross,
    /// then a call without an argument.
    pub crossings: Vec<Crossing>,
}

/// One type of argument.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Crossing {
    /// The type, in Python's words: `int`, `list of float`, `bytes`.
    pub argument: String,
    /// Elements in the argument, and seconds per call: one value per process, the median of its samples. Scalars have
    /// one element, a call without an argument none.
    pub points: Vec<(u64, Vec<f64>)>,
}

/// Argument, elements and nanoseconds per call, as one process reports them.
type Answer = Vec<(String, u64, f64)>;

pub(super) struct Pass;

impl Diagnose for Pass {
    fn about(&self) -> About {
        About {
            step_seconds: 3.0,
            ..About::named("boundary")
        }
    }

    fn needs_run(&self, found: &RunDiagnoses) -> bool {
        found.boundary.is_none()
    }

    /// Times calls into the extension module in fresh interpreters.
    fn run_wide(&self, setup: &WorkerSetup<'_>, report: &mut dyn FnMut(Finding)) -> Result<(), Fault> {
        let Some(folder) = setup.extension_dir else {
            return Err(Fault::Harness {
                message: "there is no extension module to call into".into(),
            });
        };
        let folder = folder.to_string_lossy();
        let arguments = [&*folder, Variant::NATIVE_MODULE, boundary::SUBMODULE];
        let mut boundary = Boundary {
            crossings: Vec::new(),
        };
        for _ in 0..PROCESSES {
            boundary.add(script::run_json(setup, script::CROSSING, &arguments, &[])?);
        }
        report(Finding::Boundary { boundary });
        Ok(())
    }
}

impl Boundary {
    /// Takes in what one process answered.
    fn add(&mut self, answer: Answer) {
        for (argument, elements, ns) in answer {
            let known = self.crossings.iter().position(|one| one.argument == argument);
            let at = known.unwrap_or_else(|| {
                let points = Vec::new();
                self.crossings.push(Crossing { argument, points });
                self.crossings.len() - 1
            });
            let points = &mut self.crossings[at].points;
            match points.iter_mut().find(|(known, _)| *known == elements) {
                Some((_, seconds)) => seconds.push(ns * 1e-9),
                None => points.push((elements, vec![ns * 1e-9])),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_of_processes_are_merged_by_type_and_size() {
        let answer = |ns: f64| -> Answer {
            vec![
                ("nothing".into(), 0, ns),
                ("str".into(), 1, 2.0 * ns),
                ("str".into(), 10, 3.0 * ns),
            ]
        };
        let mut boundary = Boundary {
            crossings: Vec::new(),
        };
        boundary.add(answer(1e9));
        boundary.add(answer(2e9));
        let names: Vec<&str> = boundary.crossings.iter().map(|one| &*one.argument).collect();
        assert_eq!(names, ["nothing", "str"]);
        assert_eq!(
            boundary.crossings[1].points,
            [(1, vec![2.0, 4.0]), (10, vec![3.0, 6.0])]
        );
    }
}
