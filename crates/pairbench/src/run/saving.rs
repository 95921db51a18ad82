//! How the record of a run is written to disk, and what happens if that fails.

use crate::export::Summary;
use crate::hosts::private_folder;
use crate::record::{self, Disturbance, Happening, Record};
use crate::terminal::Terminal;
use crate::text::tool;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Name prefix of the temporary folder for a record that cannot be written to its own folder.
const REFUGE: &str = "pairbench-records-";

/// Where the record is, and whether writing it works.
#[derive(Debug)]
pub(crate) struct Saving {
    /// The folder for records.
    folder: PathBuf,
    /// Where the record was written last.
    pub path: PathBuf,
    /// Why the last attempt failed.
    trouble: Option<String>,
}

impl Saving {
    /// For a run whose record goes below this reports folder.
    pub fn new(reports: &Path, record: &Record) -> Self {
        let folder = reports.join("records");
        Saving {
            path: folder.join(format!("{}.json", record.id)),
            folder,
            trouble: None,
        }
    }

    /// Writes the record before anything is measured: if the folder is not writable, nothing is lost yet.
    ///
    /// # Errors
    ///
    /// When it cannot be written; the text names the flag for another folder.
    pub fn save_first(&mut self, record: &mut Record) -> Result<(), String> {
        self.write(record).map_err(|error| {
            format!(
                "the record cannot be written to {}: {error}. Name another folder: --reports FOLDER",
                self.folder.display()
            )
        })
    }

    /// Writes the record during the run. If that fails the run continues, reports it once, and tries
    /// again after each launch: the samples are in memory, and the file that was written last is whole.
    pub fn save(&mut self, record: &mut Record, elapsed: Duration, terminal: &Terminal) {
        match (self.write(record), self.trouble.take()) {
            (Ok(()), None) => {}
            (Ok(()), Some(error)) => {
                terminal.say("  the record can be written again; nothing was lost");
                record.disturbances.push(Disturbance {
                    at_s: elapsed.as_secs_f64(),
                    pair: String::new(),
                    what: Happening::Unwritten { error },
                });
                let _ = self.write(record);
            }
            (Err(error), before) => {
                if before.is_none() {
                    terminal.warn(&format!(
                        "the record cannot be written to {}: {error}. The run goes on, and tries again after each launch",
                        self.folder.display()
                    ));
                }
                self.trouble = Some(before.unwrap_or_else(|| error.to_string()));
            }
        }
    }

    /// Writes the record for the last time: to its place, or else to a temporary folder. `false` if not to its place.
    pub fn save_last(&mut self, record: &mut Record, elapsed: Duration, terminal: &Terminal) -> bool {
        self.save(record, elapsed, terminal);
        let Some(error) = self.trouble.take() else {
            return true;
        };
        // A new folder: one with a fixed name could belong to somebody else.
        let refuge = private_folder(REFUGE).map(tempfile::TempDir::keep);
        match refuge.and_then(|refuge| record::write(record, &refuge)) {
            Ok(path) => {
                terminal.error(&format!(
                    "the record could not be written to {}: {error}. It was written to {} instead; \
                     `{} report {}` renders it",
                    self.folder.display(),
                    path.display(),
                    tool(),
                    path.display()
                ));
                self.path = path;
            }
            Err(second) => terminal.error(&format!(
                "the record could not be written, neither to {} ({error}) nor to {} ({second}). Only the table above remains",
                self.folder.display(),
                std::env::temp_dir().display()
            )),
        }
        false
    }

    /// Writes the summary beside the record; `false` if that failed.
    pub fn save_summary(&self, summary: &Summary, terminal: &Terminal) -> bool {
        let written = record::write_summary(summary, &self.path);
        if let Err(error) = &written {
            let record = self.path.display();
            terminal.error(&format!(
                "the summary cannot be written beside {record}: {error}. `{} export --format json {record}` \
                 makes it from the record",
                tool()
            ));
        }
        written.is_ok()
    }

    fn write(&mut self, record: &mut Record) -> io::Result<()> {
        record.machine.update();
        self.path = record::write(record, &self.folder)?;
        Ok(())
    }
}
