//! The exit codes of `cargo bench` and of the tool, in one place.

use std::process::ExitCode;

/// How a command ended. If several apply, [`of`](Exit::of) decides.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Exit {
    /// Everything went well.
    Done = 0,
    /// A pair or variant failed, something named is missing, a record could not be read, or changes were only shown.
    Failed = 1,
    /// Nothing was done: wrong arguments, or an environment that lacks something. Clap uses the same code.
    Refused = 2,
    /// A floor or a `--fail-if` was broken.
    Broken = 3,
    /// A record, summary, baseline, report, export or standard stream could not be written.
    Unwritten = 4,
    /// Ctrl-C.
    Interrupted = 130,
}

impl Exit {
    /// The most important first: results that could not be written are lost, an interrupted run is not judged, and a run
    /// with failures has not tested all of its floors.
    const BY_RANK: [Exit; 6] = [
        Exit::Refused,
        Exit::Unwritten,
        Exit::Interrupted,
        Exit::Failed,
        Exit::Broken,
        Exit::Done,
    ];

    /// The most important one whose condition holds; [`Done`](Exit::Done) when none holds.
    pub fn of(all: &[(Exit, bool)]) -> Exit {
        let mut by_rank = Exit::BY_RANK.into_iter();
        by_rank
            .find(|exit| all.contains(&(*exit, true)))
            .unwrap_or(Exit::Done)
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        ExitCode::from(exit as u8)
    }
}

/// What `cargo bench -- --help` ends with.
pub(crate) const HELP_OF_BENCH: &str = "\
Exit codes; where several apply, the first of 4, 130, 1, 3:
    0  everything was verified and measured
    1  a pair or variant failed, or an interpreter that was named is missing
    2  nothing was done: wrong arguments or environment
    3  a variant is below the floor of its pair, or a change of --fail-if was found
    4  the record, summary, baseline, report, an export or the output could not be written
  130  interrupted with Ctrl-C; what was measured is in the record and the report";

/// What the help of each command of the tool ends with.
pub(crate) const HELP_OF_TOOL: &str = "\
Exit codes; where several apply, the first of 4, 1, 3:
  0  done
  1  some records could not be read, the others were used; `interpreters` found none; `init` applied no changes
  2  nothing was done: wrong arguments, or nothing could be read
  3  `compare`: a change of --fail-if was found
  4  the report, export or output could not be written";

/// What the help of `record` ends with.
pub(crate) const HELP_OF_RECORD: &str = "\
The exit code is that of the program (128 and the signal's number if a signal ended it). Where that is 0:
  0  calls were recorded
  1  nothing was recorded: the module or the function does not exist, or was not imported, or not called
  4  FILE could not be written
And 2 if the program was not started: wrong arguments, FILE exists, no such program.";

/// What the help of `forecast` ends with.
pub(crate) const HELP_OF_FORECAST: &str = "\
Exit codes; where several apply, the first of 4, 1:
  0  there is a forecast
  1  the workload failed: it raised, died, or ended with an exit code (then there is a forecast as well)
  2  nothing was forecast: wrong arguments, or no such module, function, input, interpreter or
     process, or one that may not be watched
  4  the output could not be written";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unwritten_outranks_failed_and_failed_outranks_broken() {
        let order = [Exit::Unwritten, Exit::Interrupted, Exit::Failed, Exit::Broken];
        for (at, heavy) in order.into_iter().enumerate() {
            let holding = order.map(|exit| (exit, order[at..].contains(&exit)));
            assert_eq!(Exit::of(&holding), heavy);
        }
        assert_eq!(Exit::of(&[(Exit::Broken, false)]), Exit::Done);
    }

    #[test]
    fn help_names_every_code() {
        let codes = |help: &str| -> Vec<i32> {
            let words = help
                .lines()
                .skip(1)
                .filter_map(|line| line.split_whitespace().next());
            words.map(|word| word.parse().unwrap()).collect()
        };
        let mut all = Exit::BY_RANK.map(|exit| exit as i32);
        all.sort_unstable();
        assert_eq!(codes(HELP_OF_BENCH), all);
        assert_eq!(codes(HELP_OF_TOOL), all[..5]);
    }
}
