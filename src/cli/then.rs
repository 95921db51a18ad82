//! What a run has to do with earlier ones: the baseline that it is compared with, the one that it becomes, and what its
//! authors expect.

use super::changes;
use super::options::Options;
use super::terminal::Terminal;
use crate::analyse::differences;
use crate::analyse::floors::{self, FloorStanding};
use crate::compare::{Changes, FailIf, History, Named, changes as compare, offences};
use crate::record::{self, BaselineName, BaselineUsed, Record, Settings, Status, Warning};
use crate::report::Report;
use std::cell::OnceCell;
use std::io;
use std::path::{Path, PathBuf};

/// The earlier run, and what was asked about it.
pub(super) struct Then {
    baseline: Option<(BaselineName, Record)>,
    keep_as: Option<BaselineName>,
    rules: Vec<FailIf>,
    history: OnceCell<History>,
}

impl Then {
    /// Reads the baseline, before anything is measured: a wrong name is not to cost five minutes.
    pub fn read(options: &Options) -> Result<Self, String> {
        let read = |name: &BaselineName| {
            let record = record::read_baseline(name, &options.reports)?;
            Ok::<_, String>((name.clone(), record))
        };
        Ok(Then {
            baseline: options.baseline.as_ref().map(read).transpose()?,
            keep_as: options.save_baseline.clone(),
            rules: options.fail_if.clone(),
            history: OnceCell::new(),
        })
    }

    /// What was asked, into the record.
    pub fn note(&self, settings: &mut Settings) {
        settings.save_baseline = self.keep_as.as_ref().map(ToString::to_string);
        settings.baseline = self.baseline.as_ref().map(|(name, record)| BaselineUsed {
            name: name.to_string(),
            record: record.id.clone(),
        });
        settings.fail_if = self.rules.iter().map(ToString::to_string).collect();
    }

    /// What changed since the baseline, where there is one.
    fn changes(&self, record: &Record) -> Option<Changes> {
        let (name, then) = self.baseline.as_ref()?;
        let then = Named {
            record: then,
            name: Some(name.as_str()),
        };
        Some(compare(then, Named { record, name: None }, interest(&self.rules)))
    }

    /// What differs from the baseline's run besides the code, as warnings of this one.
    pub fn differences(&self, record: &Record) -> Vec<Warning> {
        let then = self.baseline.as_ref();
        then.map(|(_, then)| differences(record, then))
            .unwrap_or_default()
    }

    /// The table of changes; empty without a baseline. What differs besides stands among the run's warnings.
    pub fn table(&self, record: &Record, colors: bool) -> String {
        let Some(mut changes) = self.changes(record) else {
            return String::new();
        };
        changes.differences.clear();
        changes::table(&changes, colors)
    }

    /// Renders the report with the changes, and the history from the records beside this one. Those are read once: a
    /// report is rendered again and again during a run.
    pub fn render(&self, record: &Record, reports: &Path) -> io::Result<PathBuf> {
        let earlier = self
            .history
            .get_or_init(|| History::read(&reports.join("records")));
        let mut history = earlier.clone();
        history.add(record);
        Report {
            records: std::slice::from_ref(record),
            changes: self.changes(record).into_iter().collect(),
            history,
        }
        .write(reports)
    }

    /// Says what became of floors and of `--fail-if`; whether any of them was broken. An interrupted run is not judged.
    pub fn judge(&self, record: &Record, terminal: &Terminal) -> bool {
        for why in self.history.get().into_iter().flat_map(|history| &history.unread) {
            terminal.warn(&format!("left out of the history: {why}"));
        }
        if record.status == Status::Interrupted {
            return false;
        }
        let floors = floors::check(record);
        for check in &floors {
            match check.standing {
                FloorStanding::Held => terminal.say(&format!("{check}")),
                FloorStanding::Violated => terminal.error(&check.to_string()),
                FloorStanding::NotShown | FloorStanding::NotMeasured => terminal.warn(&check.to_string()),
            }
        }
        let changes = self.changes(record);
        let offences = changes
            .as_ref()
            .map(|changes| offences(changes, &self.rules))
            .unwrap_or_default();
        for offence in &offences {
            terminal.error(&offence.to_string());
        }
        let violated = floors
            .iter()
            .any(|check| check.standing == FloorStanding::Violated);
        violated || !offences.is_empty()
    }

    /// Keeps the record as a baseline, where that was asked and the run came to its end: one that was stopped early
    /// would replace a better one. `false` when it should have been kept and was not.
    pub fn keep(&self, record: &Record, reports: &Path, terminal: &Terminal) -> bool {
        let Some(name) = &self.keep_as else {
            return true;
        };
        if let Some(why) = unfit(record) {
            terminal.warn(&format!(
                "not kept as baseline {name}: {why}. What had the name before is still there"
            ));
            // Of an interruption the exit code speaks already.
            return record.status == Status::Interrupted;
        }
        match record::save_baseline(record, name, reports) {
            Ok((path, replaced)) => {
                let replacing = match replaced {
                    true => ", in the place of the one before",
                    false => "",
                };
                terminal.say(&format!("kept as baseline {name}{replacing}: {}", path.display()));
                true
            }
            Err(error) => {
                let path = name.file(reports);
                terminal.error(&format!(
                    "the baseline {name} cannot be written to {}: {error}. The record is whole; copy it there",
                    path.display()
                ));
                false
            }
        }
    }
}

/// The smallest change that a rule speaks of is the one that matters.
pub(super) fn interest(rules: &[FailIf]) -> Option<f64> {
    rules.iter().map(FailIf::share).reduce(f64::min)
}

/// Why a record is not to be compared with later. One with failed variants is: the others are sound, and the failed have
/// no figures.
fn unfit(record: &Record) -> Option<&'static str> {
    if record.status == Status::Interrupted {
        return Some("the run was interrupted");
    }
    let measured = record
        .pairs
        .iter()
        .any(|pair| pair.verification.passed && !pair.launches.is_empty());
    (!measured).then_some("nothing was measured")
}
