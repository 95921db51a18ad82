//! How a run relates to earlier ones: the baseline that it is compared with or becomes, and what its authors expect.

use crate::analyse::floors::{FloorCheck, FloorResult};
use crate::analyse::launches::{Figures, samples};
use crate::analyse::{Analysis, PairAnalysis, analyses};
use crate::compare::{Changes, FailIf, History, Named, changes as compare, differences, interest, offences};
use crate::record::{self, BaselineName, BaselineUsed, Record, Status, Warning, views};
use crate::run::options::Options;
use crate::terminal::Terminal;
use crate::text::thousands;
use std::cell::OnceCell;
use std::path::Path;
use std::slice;

/// The earlier run, and the options about it.
pub(crate) struct Baseline {
    /// The run that was kept under a name.
    kept: Option<NamedRun>,
    /// The run of another revision, once it has been measured beside this one.
    other: OnceCell<NamedRun>,
    keep_as: Option<BaselineName>,
    rules: Vec<FailIf>,
    history: OnceCell<History>,
}

/// A run, and the name by which the user knows it.
struct NamedRun {
    name: String,
    record: Record,
    figures: Figures,
}

impl NamedRun {
    fn new(name: String, record: Record) -> Self {
        let figures = Figures::of(&record);
        NamedRun {
            name,
            record,
            figures,
        }
    }

    /// Passes its analyses, one for each interpreter, to `show`.
    fn analysed<T>(&self, show: impl FnOnce(&[Analysis<'_>]) -> T) -> T {
        let record = slice::from_ref(&self.record);
        show(&analyses(&views(record), slice::from_ref(&self.figures)))
    }
}

impl Baseline {
    /// Reads the baseline before anything is measured: a wrong name should not cost five minutes.
    pub fn read(options: &Options) -> Result<Self, String> {
        let read = |name: &BaselineName| {
            let record = record::read_baseline(name, &options.reports)?;
            Ok::<_, String>(NamedRun::new(name.to_string(), record))
        };
        Ok(Baseline {
            kept: options.baseline.as_ref().map(read).transpose()?,
            other: OnceCell::new(),
            keep_as: options.save_baseline.clone(),
            rules: options.fail_if.clone(),
            history: OnceCell::new(),
        })
    }

    /// The kept run, as the record names it.
    pub fn used(&self) -> Option<BaselineUsed> {
        let NamedRun { name, record, .. } = self.kept.as_ref()?;
        Some(BaselineUsed {
            name: name.clone(),
            record: record.id.clone(),
        })
    }

    /// Compares with what was measured of another revision, under its name.
    pub fn compare_with(&self, other: Option<(String, Record)>) {
        if let Some((name, record)) = other {
            self.other.get_or_init(|| NamedRun::new(name, record));
        }
    }

    fn earlier(&self) -> Option<&NamedRun> {
        self.kept.as_ref().or_else(|| self.other.get())
    }

    /// What changed since the baseline with each interpreter; nothing without a baseline.
    pub fn changes(&self, analyses: &[Analysis<'_>]) -> Vec<Changes> {
        let since = |earlier: &NamedRun| {
            earlier.analysed(|then| {
                let then = Named {
                    analyses: then,
                    name: Some(&earlier.name),
                };
                compare(then, Named { analyses, name: None }, interest(&self.rules))
            })
        };
        self.earlier().map(since).unwrap_or_default()
    }

    /// How many raw samples the baseline holds, for the line that counts them; empty without a baseline.
    pub fn samples(&self) -> String {
        let held = self.earlier().map(|earlier| samples(&earlier.record));
        held.map_or(String::new(), |held| {
            format!(", {} in the baseline", thousands(held as f64))
        })
    }

    /// What differs from the baseline's run besides the code, as warnings of this one.
    pub fn differences(&self, record: &Record) -> Vec<Warning> {
        let earlier = self.earlier();
        earlier
            .map(|earlier| differences(record, &earlier.record))
            .unwrap_or_default()
    }

    /// The history up to this run, from the records beside its own. Those are read once: a report is rendered again and
    /// again during a run.
    pub fn history(&self, analyses: &[Analysis<'_>], reports: &Path) -> History {
        let folder = reports.join("records");
        let baseline = self.kept.as_ref();
        let earlier = self.history.get_or_init(|| {
            let known = baseline.map(|kept| kept.record.id.as_str());
            let own = analyses.iter().map(|one| one.record.id.as_str());
            let known: Vec<&str> = known.into_iter().chain(own).collect();
            let mut history = History::read(&folder, &known);
            // The baseline has been read already.
            if let Some(kept) = baseline
                && folder.join(format!("{}.json", kept.record.id)).exists()
            {
                kept.analysed(|analyses| history.add(analyses));
            }
            history
        });
        let mut history = earlier.clone();
        history.add(analyses);
        history
    }

    /// Reports on floors with the first interpreter and on `--fail-if` with all; returns whether any was broken. An
    /// interrupted run is not judged.
    pub fn judge(&self, analysis: &Analysis<'_>, changes: &[Changes], terminal: &Terminal) -> bool {
        for why in self.history.get().into_iter().flat_map(|history| &history.unread) {
            terminal.warn(&format!("left out of the history: {why}"));
        }
        if analysis.record.status == Status::Interrupted {
            return false;
        }
        let floors: Vec<FloorCheck> = analysis.pairs.iter().flat_map(PairAnalysis::floors).collect();
        for check in &floors {
            match check.result {
                FloorResult::Held => terminal.say(&format!("{check}")),
                FloorResult::Violated => terminal.error(&check.to_string()),
                FloorResult::NotShown | FloorResult::NotMeasured => terminal.warn(&check.to_string()),
            }
        }
        let offences = offences(changes, &self.rules);
        for offence in &offences {
            terminal.error(&offence.to_string());
        }
        let violated = floors.iter().any(|check| check.result == FloorResult::Violated);
        violated || !offences.is_empty()
    }

    /// Keeps the record as a baseline, if requested and if the run finished: one that was stopped early
    /// would replace a better one. `false` when it should have been kept and was not.
    pub fn keep(&self, record: &Record, reports: &Path, terminal: &Terminal) -> bool {
        let Some(name) = &self.keep_as else {
            return true;
        };
        if let Some(why) = unfit(record) {
            terminal.warn(&format!(
                "not kept as baseline {name}: {why}. The previous baseline of that name is unchanged"
            ));
            // The exit code already shows the interruption.
            return record.status == Status::Interrupted;
        }
        match record::save_baseline(record, name, reports) {
            Ok((path, replaced)) => {
                let replacing = match replaced {
                    true => ", replacing the previous one",
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

/// Why a record is not fit to be a baseline. One with failed variants is fit: the others are sound, and the failed ones
/// have no figures.
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
