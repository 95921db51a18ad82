//! What differs between two runs besides the code.

use crate::record::Record;
use std::fmt;

/// Something other than the code that differs, and may be why figures differ.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// What it is.
    pub what: &'static str,
    /// As it was in the earlier record.
    pub then: String,
    /// As it is in the later one.
    pub now: String,
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "another {}: {} then, {} now", self.what, self.then, self.now)
    }
}

/// What differs between the machine, the compiler, the interpreter and the inputs of two records.
pub fn differences(now: &Record, then: &Record) -> Vec<Difference> {
    let facts: [(&'static str, fn(&Record) -> String); 5] = [
        ("machine", |record| {
            format!("{} with {} cores", record.machine.cpu, record.machine.cores)
        }),
        ("system", |record| record.machine.os.clone()),
        ("interpreter", |record| {
            let python = &record.interpreter;
            let kind = match python.optimized {
                Some(false) => ", not optimised",
                _ => "",
            };
            format!("{} {}{kind}", python.implementation, python.version)
        }),
        ("build", |record| {
            let build = &record.build;
            let flags = [
                build.rustc.as_str(),
                &format!("opt-level {}", build.opt_level),
                &build.rustflags,
            ];
            flags.map(str::trim).join(", ").trim_end_matches(", ").to_string()
        }),
        ("seed of the inputs", |record| record.settings.seed.to_string()),
    ];
    facts
        .into_iter()
        .map(|(what, fact)| Difference {
            what,
            then: fact(then),
            now: fact(now),
        })
        .filter(|difference| difference.then != difference.now)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::fixture::steady;

    #[test]
    fn what_differs_is_named_and_what_does_not_is_not() {
        assert_eq!(differences(&steady(), &steady()), []);
        let mut other = steady();
        other.machine.cpu = "Another CPU".into();
        other.interpreter.version = "3.13.0".into();
        other.build.rustflags = "-C target-cpu=native".into();
        other.settings.seed = 7;
        let told: Vec<String> = differences(&other, &steady())
            .iter()
            .map(ToString::to_string)
            .collect();
        assert_eq!(
            told,
            [
                "another machine: A CPU with 2 cores then, Another CPU with 2 cores now",
                "another interpreter: CPython 3.11.7 then, CPython 3.13.0 now",
                "another build: rustc 1.95.0, opt-level 3 then, rustc 1.95.0, opt-level 3, -C target-cpu=native now",
                "another seed of the inputs: 1 then, 7 now",
            ]
        );
    }
}
