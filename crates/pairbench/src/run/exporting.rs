//! The exports of a run: `--export-json` and its like.

use super::Options;
use crate::export::{Format, Run, export};
use crate::terminal::Terminal;
use std::fs::OpenOptions;
use std::io;
use std::path::Path;

/// The files that a run exports to.
fn wanted(options: &Options) -> impl Iterator<Item = (Format, &Path)> {
    let all = [
        (Format::Json, &options.export_json),
        (Format::Csv, &options.export_csv),
        (Format::Markdown, &options.export_markdown),
    ];
    all.into_iter()
        .filter_map(|(format, path)| Some((format, path.as_deref()?)))
}

/// Refuses files that cannot be written, before anything is measured. Their content stays until the run ends.
pub(crate) fn check(options: &Options) -> Result<(), String> {
    for (_, path) in wanted(options) {
        let is_new = !path.exists();
        let opened = OpenOptions::new().append(true).create(true).open(path);
        opened.map_err(|error| unwritable(path, &error))?;
        if is_new {
            let _ = std::fs::remove_file(path);
        }
    }
    Ok(())
}

/// Writes them all; `false` when one could not be written.
pub(crate) fn write_all(options: &Options, runs: &[Run<'_>], terminal: &Terminal) -> bool {
    let mut all = true;
    for (format, path) in wanted(options) {
        if let Err(error) = export(format, runs).and_then(|text| write(path, &text)) {
            terminal.error(&error);
            all = false;
        }
    }
    all
}

/// Writes in place, so that a link stays a link and `/dev/stdout` works.
pub(crate) fn write(path: &Path, text: &str) -> Result<(), String> {
    std::fs::write(path, text).map_err(|error| unwritable(path, &error))
}

fn unwritable(path: &Path, error: &io::Error) -> String {
    format!("{} cannot be written: {error}", path.display())
}
