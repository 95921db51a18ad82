//! What is known only about an already running process, and what cannot be known about it.

use super::{FEW, of_all};
use crate::estimate::Time;
use crate::text::count;

/// What was seen while a process was watched.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct WatchedProcess {
    /// CPU time of all its threads, as a fraction of the time it was watched.
    pub cpu: f64,
    /// Fraction of that time in which all threads waited, and number of samples of threads that did not.
    pub waits: f64,
    pub computing: usize,
    /// Largest number of threads at one time: those that ran Python, and others.
    pub threads: usize,
    pub others: usize,
    /// Whether only the main thread could be sampled.
    pub main_only: bool,
    pub children: usize,
    /// Whether it ended while it was watched.
    pub ended: bool,
}

impl WatchedProcess {
    /// Warnings for the user; `seconds` is how long it was watched.
    pub(super) fn warnings(&self, seconds: f64) -> Vec<String> {
        let time = Time(seconds);
        let samples = match self.computing {
            0 => "it computed in no sample, and the functions are those in which it waits".into(),
            few => format!("it computed in only {}: the band is wider", count(few, "sample")),
        };
        let few = format!("{samples}. Watch it while it has work, for longer with --duration");
        let ended = format!("it ended after {time}; the forecast is about what it did until then");
        let all = [(self.ended, ended), (self.computing < FEW, few)];
        all.into_iter()
            .filter(|(applies, _)| *applies)
            .map(|(_, text)| text)
            .collect()
    }

    /// What could not be seen.
    pub(super) fn limits(&self) -> Vec<String> {
        let mut all = vec![
            "calls in a running process are not seen, so crossing the boundary is not charged, and what is called in C is \
             known by the functions of C alone; nor are loops that could be vectorised told from others"
                .to_string(),
        ];
        let mut note = |applies: bool, text: String| all.extend(applies.then_some(text));
        note(
            self.threads > 1,
            of_all(&format!("{} threads that run Python", self.threads)),
        );
        note(
            self.main_only && self.others > 0,
            "only the main thread was sampled, because this interpreter does not show which thread is which"
                .into(),
        );
        note(
            self.others > 0 && !self.main_only,
            match self.others {
                1 => "1 thread that runs no Python was not sampled".into(),
                others => format!("{others} threads that run no Python were not sampled"),
            },
        );
        note(
            self.children > 0,
            format!("it has {}, not sampled", count(self.children, "child process")),
        );
        all
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unsampled_work_is_reported() {
        let watched = WatchedProcess {
            cpu: 0.5,
            waits: 0.5,
            computing: 300,
            threads: 1,
            others: 0,
            main_only: false,
            children: 0,
            ended: false,
        };
        assert_eq!((watched.warnings(2.0).len(), watched.limits().len()), (0, 1));
        let more = WatchedProcess {
            computing: 0,
            threads: 3,
            others: 1,
            children: 2,
            ended: true,
            ..watched
        };
        let (warnings, limits) = (more.warnings(2.0).join("\n"), more.limits().join("\n"));
        for part in ["ended after 2.00 s", "it computed in no sample"] {
            assert!(warnings.contains(part), "{warnings}");
        }
        for part in ["3 threads that run Python", "1 thread that", "2 child processes"] {
            assert!(limits.contains(part), "{limits}");
        }
        let limits = WatchedProcess {
            main_only: true,
            ..more
        }
        .limits()
        .join("\n");
        assert!(
            limits.contains("only the main thread") && !limits.contains("1 thread that"),
            "{limits}"
        );
    }
}
