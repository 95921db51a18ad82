//! How the record of a run reaches the disk, also where the disk does not take it.

use super::run::Run;
use super::terminal::Terminal;
use crate::analyse::Analysis;
use crate::record::{self, Disturbance, Happening, Record, Status};
use std::io;
use std::path::PathBuf;

/// Below the temporary folder: where records go that their own folder does not take.
const REFUGE: &str = "pairbench-records";

/// How writing goes.
#[derive(Debug, Default)]
pub(super) struct Keeping {
    /// Why the last attempt failed.
    trouble: Option<String>,
    /// Set when something that was asked for could not be written in the end.
    pub fell_short: bool,
}

impl Run<'_> {
    /// Writes the record before anything is measured: a folder that takes nothing is no reason to lose anything yet.
    ///
    /// # Errors
    ///
    /// When it cannot be written; the text names the flag for another folder.
    pub fn save_first(&mut self) -> Result<(), String> {
        self.write().map_err(|error| {
            format!(
                "the record cannot be written to {}: {error}. Name another folder: --reports FOLDER",
                self.records_folder().display()
            )
        })
    }

    /// Writes the record while the run goes on. Where that fails the run goes on all the same, says so once, and tries
    /// again after each launch: the samples are in memory, and the file that was written last is whole.
    pub fn save(&mut self, terminal: &Terminal) {
        match (self.write(), self.keeping.trouble.take()) {
            (Ok(()), None) => {}
            (Ok(()), Some(error)) => {
                terminal.say("  the record can be written again; nothing was lost");
                self.record.disturbances.push(Disturbance {
                    at_s: self.elapsed().as_secs_f64(),
                    pair: String::new(),
                    what: Happening::Unwritten { error },
                });
                let _ = self.write();
            }
            (Err(error), before) => {
                if before.is_none() {
                    terminal.warn(&format!(
                        "the record cannot be written to {}: {error}. The run goes on, and tries again after each launch",
                        self.records_folder().display()
                    ));
                }
                self.keeping.trouble = Some(before.unwrap_or_else(|| error.to_string()));
            }
        }
    }

    /// Ends the record and writes it for the last time: to its place, or else to the temporary folder.
    pub fn finish(&mut self, status: Status, terminal: &Terminal) {
        self.record.status = status;
        self.figures.update(&self.record);
        self.record.warnings = Analysis::with(&self.record, 0, &self.figures).warnings();
        self.record.warnings.extend(self.then.differences(&self.record));
        self.record
            .warnings
            .sort_by_key(|warning| (warning.severity, warning.kind));
        self.save(terminal);
        let Some(error) = self.keeping.trouble.take() else {
            return;
        };
        self.keeping.fell_short = true;
        let refuge = std::env::temp_dir().join(REFUGE);
        match record::write(&self.record, &refuge) {
            Ok(path) => {
                terminal.error(&format!(
                    "the record could not be written to {}: {error}. It was written to {} instead; \
                     `cargo run -- report {}` renders it",
                    self.records_folder().display(),
                    path.display(),
                    path.display()
                ));
                self.record_path = path;
            }
            Err(second) => terminal.error(&format!(
                "the record could not be written, neither to {} ({error}) nor to {} ({second}). The table is all there is",
                self.records_folder().display(),
                refuge.display()
            )),
        }
    }

    /// Notes something that came from outside, and says so.
    pub fn disturbed(&mut self, pair: &str, what: Happening, terminal: &Terminal) {
        let disturbance = Disturbance {
            at_s: self.elapsed().as_secs_f64(),
            pair: pair.into(),
            what,
        };
        terminal.warn(&disturbance.to_string());
        self.record.disturbances.push(disturbance);
    }

    /// Where records stand.
    pub fn records_folder(&self) -> PathBuf {
        self.options.reports.join("records")
    }

    fn write(&mut self) -> io::Result<()> {
        self.record.machine.update();
        self.record_path = record::write(&self.record, &self.records_folder())?;
        Ok(())
    }
}

/// How long earlier sessions of a run took, in seconds: to the end of their phases, or of the last launch, whichever is
/// later. A session that was killed has not counted its last launch's phase.
pub(super) fn seconds_so_far(record: &Record) -> f64 {
    let launches = record
        .pairs
        .iter()
        .chain(&record.nulls)
        .flat_map(|pair| &pair.launches);
    let ends = launches.map(|launch| launch.started_s + launch.wall_s);
    ends.fold(record.run_seconds(), f64::max)
}
