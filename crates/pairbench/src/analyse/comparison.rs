//! Whether two runs are comparable.

use crate::record::{Interpreter, Record, Warning, WarningKind};

/// Differences between two runs, besides the measured code and the [interpreters](interpreter_differs).
pub fn differences(later: &Record, earlier: &Record) -> Vec<Warning> {
    [machine, compiler, settings]
        .into_iter()
        .filter_map(|find| find(later, earlier))
        .collect()
}

/// A warning whose figure lists every fact that differs.
fn found(kind: WarningKind, facts: &[(&str, String, String)]) -> Option<Warning> {
    let changed: Vec<String> = (facts.iter())
        .filter(|(_, later, earlier)| later != earlier)
        .map(|(what, later, earlier)| format!("{what} {} before, {} now", shown(earlier), shown(later)))
        .collect();
    (!changed.is_empty()).then(|| kind.found(Vec::new(), changed.join("; ")))
}

fn shown(text: &str) -> &str {
    if text.is_empty() { "none" } else { text }
}

fn machine(later: &Record, earlier: &Record) -> Option<Warning> {
    let (later, earlier) = (&later.machine, &earlier.machine);
    let limit = |limit: Option<f64>| limit.map(|cores| format!("{cores:.2} cores")).unwrap_or_default();
    found(
        WarningKind::DifferentMachine,
        &[
            ("CPU", later.cpu.clone(), earlier.cpu.clone()),
            ("cores", later.cores.to_string(), earlier.cores.to_string()),
            ("system", later.os.clone(), earlier.os.clone()),
            (
                "CPU quota",
                limit(later.conditions.cpu_limit),
                limit(earlier.conditions.cpu_limit),
            ),
        ],
    )
}

fn compiler(later: &Record, earlier: &Record) -> Option<Warning> {
    let (later, earlier) = (&later.build, &earlier.build);
    found(
        WarningKind::DifferentCompiler,
        &[
            ("compiler", later.rustc.clone(), earlier.rustc.clone()),
            ("target", later.target.clone(), earlier.target.clone()),
            ("profile", later.profile.clone(), earlier.profile.clone()),
            ("opt-level", later.opt_level.clone(), earlier.opt_level.clone()),
            (
                "debug assertions",
                later.debug_assertions.to_string(),
                earlier.debug_assertions.to_string(),
            ),
            ("RUSTFLAGS", later.rustflags.clone(), earlier.rustflags.clone()),
        ],
    )
}

/// What differs between an interpreter of a run and the one of an earlier run that it is compared with.
pub fn interpreter_differs(later: &Interpreter, earlier: &Interpreter) -> Option<Warning> {
    let yes = |value: Option<bool>| match value {
        Some(true) => "yes".to_string(),
        Some(false) => "no".to_string(),
        None => "unknown".to_string(),
    };
    // Older records lack this field; that does not count as a difference.
    let (later_jit, earlier_jit) = match (later.jit, earlier.jit) {
        (Some(later), Some(earlier)) => (
            format!("{later:?}").to_lowercase(),
            format!("{earlier:?}").to_lowercase(),
        ),
        _ => Default::default(),
    };
    found(
        WarningKind::DifferentInterpreter,
        &[
            (
                "Python",
                format!("{} {}", later.implementation, later.version),
                format!("{} {}", earlier.implementation, earlier.version),
            ),
            ("executable", later.executable.clone(), earlier.executable.clone()),
            ("compiler", later.compiler.clone(), earlier.compiler.clone()),
            ("optimised", yes(later.optimized), yes(earlier.optimized)),
            ("GIL", yes(later.gil), yes(earlier.gil)),
            ("JIT", later_jit, earlier_jit),
            ("altered by", later.altered.join(", "), earlier.altered.join(", ")),
        ],
    )
}

/// Only settings that change a launch. More launches or another precision only change the width of intervals.
fn settings(later: &Record, earlier: &Record) -> Option<Warning> {
    let (a, b) = (&later.settings, &earlier.settings);
    found(
        WarningKind::DifferentSettings,
        &[
            (
                "pairbench",
                later.build.pairbench.clone(),
                earlier.build.pairbench.clone(),
            ),
            ("seed of the inputs", a.seed.to_string(), b.seed.to_string()),
            ("samples", a.sample_size.to_string(), b.sample_size.to_string()),
            (
                "inherited variables",
                a.inherit_environ.join(", "),
                b.inherit_environ.join(", "),
            ),
            (
                "measurement",
                format!("{} ms", a.measurement_ms),
                format!("{} ms", b.measurement_ms),
            ),
            (
                "warm-up",
                format!("{} ms", a.warm_up_ms),
                format!("{} ms", b.warm_up_ms),
            ),
        ],
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hosts::interpreter::Jit;
    use crate::record::fixture::steady;

    #[test]
    fn a_jit_that_was_turned_on_is_a_difference_and_an_unknown_one_is_not() {
        let (mut later, mut earlier) = (steady().interpreter, steady().interpreter);
        later.jit = Some(Jit::On);
        assert_eq!(interpreter_differs(&later, &earlier), None);
        earlier.jit = Some(Jit::Off);
        let warning = interpreter_differs(&later, &earlier).unwrap();
        assert_eq!(warning.kind, WarningKind::DifferentInterpreter);
        assert_eq!(warning.figure, "JIT off before, on now");
    }

    #[test]
    fn what_alters_an_interpreter_is_a_difference() {
        let (mut later, earlier) = (steady().interpreter, steady().interpreter);
        later.altered = vec!["tracemalloc is on".into()];
        let warning = interpreter_differs(&later, &earlier).unwrap();
        assert_eq!(warning.kind, WarningKind::DifferentInterpreter);
        assert_eq!(warning.figure, "altered by none before, tracemalloc is on now");
    }
}
