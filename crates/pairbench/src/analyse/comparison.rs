//! Whether two runs may be compared at all.

use crate::record::{Record, Warning, WarningKind};

/// What differs between the run now and the run then, besides the code that is measured.
pub fn differences(now: &Record, then: &Record) -> Vec<Warning> {
    [machine, compiler, interpreter, settings]
        .into_iter()
        .filter_map(|find| find(now, then))
        .collect()
}

/// A finding whose figure lists every fact that is another now.
fn found(kind: WarningKind, facts: &[(&str, String, String)]) -> Option<Warning> {
    let changed: Vec<String> = (facts.iter())
        .filter(|(_, now, then)| now != then)
        .map(|(what, now, then)| format!("{what} {} then, {} now", shown(then), shown(now)))
        .collect();
    (!changed.is_empty()).then(|| kind.found(Vec::new(), changed.join("; ")))
}

fn shown(text: &str) -> &str {
    if text.is_empty() { "none" } else { text }
}

fn machine(now: &Record, then: &Record) -> Option<Warning> {
    let (now, then) = (&now.machine, &then.machine);
    let limit = |limit: Option<f64>| limit.map(|cores| format!("{cores:.2} cores")).unwrap_or_default();
    found(
        WarningKind::DifferentMachine,
        &[
            ("CPU", now.cpu.clone(), then.cpu.clone()),
            ("cores", now.cores.to_string(), then.cores.to_string()),
            ("system", now.os.clone(), then.os.clone()),
            (
                "CPU quota",
                limit(now.conditions.cpu_limit),
                limit(then.conditions.cpu_limit),
            ),
        ],
    )
}

fn compiler(now: &Record, then: &Record) -> Option<Warning> {
    let (now, then) = (&now.build, &then.build);
    found(
        WarningKind::DifferentCompiler,
        &[
            ("compiler", now.rustc.clone(), then.rustc.clone()),
            ("target", now.target.clone(), then.target.clone()),
            ("profile", now.profile.clone(), then.profile.clone()),
            ("opt-level", now.opt_level.clone(), then.opt_level.clone()),
            (
                "debug assertions",
                now.debug_assertions.to_string(),
                then.debug_assertions.to_string(),
            ),
            ("RUSTFLAGS", now.rustflags.clone(), then.rustflags.clone()),
        ],
    )
}

fn interpreter(now: &Record, then: &Record) -> Option<Warning> {
    let (now, then) = (&now.interpreter, &then.interpreter);
    let yes = |value: Option<bool>| match value {
        Some(true) => "yes".to_string(),
        Some(false) => "no".to_string(),
        None => "unknown".to_string(),
    };
    // Older records do not know of it; that is no difference.
    let (now_jit, then_jit) = match (now.jit, then.jit) {
        (Some(now), Some(then)) => (
            format!("{now:?}").to_lowercase(),
            format!("{then:?}").to_lowercase(),
        ),
        _ => Default::default(),
    };
    found(
        WarningKind::DifferentInterpreter,
        &[
            (
                "Python",
                format!("{} {}", now.implementation, now.version),
                format!("{} {}", then.implementation, then.version),
            ),
            ("executable", now.executable.clone(), then.executable.clone()),
            ("compiler", now.compiler.clone(), then.compiler.clone()),
            ("optimised", yes(now.optimized), yes(then.optimized)),
            ("GIL", yes(now.gil), yes(then.gil)),
            ("JIT", now_jit, then_jit),
        ],
    )
}

/// Only what changes a launch. More launches, or a precision, change the width of an interval and not what it is about.
fn settings(now: &Record, then: &Record) -> Option<Warning> {
    let (a, b) = (&now.settings, &then.settings);
    found(
        WarningKind::DifferentSettings,
        &[
            (
                "pairbench",
                now.build.pairbench.clone(),
                then.build.pairbench.clone(),
            ),
            ("seed of the inputs", a.seed.to_string(), b.seed.to_string()),
            ("samples", a.sample_size.to_string(), b.sample_size.to_string()),
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
    fn a_jit_that_was_turned_on_is_a_difference_and_one_that_nobody_noted_is_none() {
        let (mut now, mut then) = (steady(), steady());
        now.interpreter.jit = Some(Jit::On);
        assert_eq!(differences(&now, &then), []);
        then.interpreter.jit = Some(Jit::Off);
        let [warning] = &differences(&now, &then)[..] else {
            panic!("not one");
        };
        assert_eq!(warning.kind, WarningKind::DifferentInterpreter);
        assert_eq!(warning.figure, "JIT off then, on now");
    }
}
