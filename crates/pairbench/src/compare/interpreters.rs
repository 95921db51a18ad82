//! Which interpreters of two runs are the same, so that each is compared with itself.

use crate::analyse::{differences as differences_of_runs, interpreter_differs};
use crate::hosts::interpreter::{Interpreter, Jit, labels};
use crate::record::{Record, Warning};

/// The interpreters of two runs.
#[derive(Debug, PartialEq)]
pub(super) struct Matched {
    /// Indices of those that are compared, in the earlier and in the later run. At least one.
    pub both: Vec<(usize, usize)>,
    /// Those that only the later run has.
    pub new: Vec<String>,
    /// Those that only the earlier run has.
    pub gone: Vec<String>,
}

impl Matched {
    /// Matches each interpreter of a later run with the [same](same_in) one of an earlier run. If no two are the same,
    /// the first of each run are compared, and a warning names what differs.
    pub fn of(earlier: &[&Interpreter], later: &[&Interpreter]) -> Self {
        let found = same_in(earlier, later).into_iter().enumerate();
        let mut both: Vec<_> = found.filter_map(|(now, then)| Some((then?, now))).collect();
        if both.is_empty() {
            both.push((0, 0));
        }
        let without = |all: &[&Interpreter], place: fn(&(usize, usize)) -> usize| {
            let left = |at: &usize| !both.iter().any(|two| place(two) == *at);
            let names = labels(all).into_iter().enumerate();
            names.filter(|(at, _)| left(at)).map(|(_, name)| name).collect()
        };
        Matched {
            new: without(later, |two| two.1),
            gone: without(earlier, |two| two.0),
            both,
        }
    }
}

/// For each interpreter of `run`, the index of the same one in `other`, if it has one: the same implementation and
/// version of the language, alike in GIL and JIT. If several match, one with the same executable is preferred, then the
/// first one.
pub(super) fn same_in(other: &[&Interpreter], run: &[&Interpreter]) -> Vec<Option<usize>> {
    let mut found = vec![None; run.len()];
    for also_executable in [true, false] {
        for (at, one) in run.iter().enumerate() {
            let is_same = |candidate: &Interpreter| {
                kind(candidate) == kind(one) && (!also_executable || candidate.executable == one.executable)
            };
            let mut free = (0..other.len()).filter(|place| !found.contains(&Some(*place)));
            if found[at].is_none() {
                found[at] = free.find(|place| is_same(other[*place]));
            }
        }
    }
    found
}

fn kind(one: &Interpreter) -> (&str, (u32, u32), bool, bool) {
    let free = one.free_threaded == Some(true);
    let jit = one.jit == Some(Jit::On);
    (&one.implementation, one.language(), free, jit)
}

/// What differs between two runs besides the code, for all interpreters that both have.
pub(crate) fn differences(later: &Record, earlier: &Record) -> Vec<Warning> {
    let [then, now] = [earlier, later].map(|run| Vec::from_iter(run.all_interpreters()));
    let names = labels(&now);
    let mut found = differences_of_runs(later, earlier);
    for (before, after) in Matched::of(&then, &now).both {
        let differs = interpreter_differs(now[after], then[before]);
        found.extend(differs.map(|mut warning| {
            if now.len() > 1 {
                warning.figure = format!("{}: {}", names[after], warning.figure);
            }
            warning
        }));
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::{Further, NativeModule, fixture};

    /// Matches interpreters with these versions and executables.
    fn matched(earlier: &[(&str, &str)], later: &[(&str, &str)]) -> Matched {
        let made = |all: &[(&str, &str)]| {
            let one = |(version, executable): &(&str, &str)| Interpreter {
                implementation: "CPython".into(),
                version: (*version).into(),
                executable: (*executable).into(),
                ..Interpreter::default()
            };
            all.iter().map(one).collect::<Vec<_>>()
        };
        let (earlier, later) = (made(earlier), made(later));
        Matched::of(&Vec::from_iter(&earlier), &Vec::from_iter(&later))
    }

    #[test]
    fn each_interpreter_is_matched_with_itself() {
        let found = matched(
            &[("3.9.1", "a"), ("3.15.1", "b")],
            &[("3.15.2", "c"), ("3.14.0", "d"), ("3.9.1", "a")],
        );
        assert_eq!(found.both, [(1, 0), (0, 2)]);
        assert_eq!(
            (found.new, found.gone),
            (vec!["CPython 3.14.0".to_string()], Vec::new())
        );
    }

    #[test]
    fn two_builds_of_a_version_are_each_matched_with_themselves() {
        let two = [("3.9.1", "a"), ("3.9.1", "b")];
        assert_eq!(matched(&two, &[two[1], two[0]]).both, [(1, 0), (0, 1)]);
        // On another machine the executables differ, so only their order is known.
        assert_eq!(
            matched(&two, &[("3.9.1", "c"), ("3.9.1", "d")]).both,
            [(0, 0), (1, 1)]
        );
        let found = matched(&two, &[two[1]]);
        assert_eq!(
            (found.both, found.gone),
            (vec![(1, 0)], vec!["CPython 3.9.1 (a)".to_string()])
        );
    }

    #[test]
    fn without_any_in_common_the_first_are_compared() {
        let found = matched(&[("3.9.1", "a")], &[("3.15.2", "b"), ("3.14.0", "c")]);
        assert_eq!(
            (found.both, found.new),
            (vec![(0, 0)], vec!["CPython 3.14.0".to_string()])
        );
        assert_eq!(found.gone, Vec::<String>::new());
    }

    #[test]
    fn what_differs_in_an_interpreter_names_it() {
        let mut earlier = fixture::steady();
        earlier.further = vec![Further {
            interpreter: Interpreter {
                version: "3.15.1".into(),
                ..earlier.interpreter.clone()
            },
            native: NativeModule::NotNeeded,
            pairs: Vec::new(),
        }];
        let mut later = earlier.clone();
        later.further[0].interpreter.version = "3.15.2".into();
        later.machine.cores += 1;
        let found = Vec::from_iter(differences(&later, &earlier).into_iter().map(|one| one.figure));
        let [machine, interpreter] = &found[..] else {
            panic!("{found:?}")
        };
        assert!(machine.starts_with("cores "), "{machine}");
        assert_eq!(
            interpreter,
            "CPython 3.15.2: Python CPython 3.15.1 before, CPython 3.15.2 now"
        );
    }
}
