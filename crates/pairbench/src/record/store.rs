//! Records on disk: written to a temporary file and renamed; errors in reading say what is wrong.

use super::{Record, SCHEMA};
use serde::{Deserialize, Serialize};
use std::fmt;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// Prefix of a record's name while it is being written.
pub(crate) const UNFINISHED: &str = ".record-";

/// Suffix of a summary's file name, after the name of its record.
const SUMMARY: &str = ".summary.json";

/// Whether a file in a folder of records may be one, by its name: neither a summary nor a record that is being written.
pub fn is_record(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    name.ends_with(".json") && !is_summary(path) && !name.starts_with(UNFINISHED)
}

/// Whether a file is a summary beside a record, by its name.
pub fn is_summary(path: &Path) -> bool {
    path.file_name()
        .is_some_and(|name| name.to_string_lossy().ends_with(SUMMARY))
}

/// Why a record cannot be used. `Display` carries the path, the cause and the next step.
#[derive(Debug)]
pub enum ReadError {
    /// The file cannot be read.
    Io(PathBuf, io::Error),
    /// It is not a record, or not a whole one.
    Malformed(PathBuf, serde_json::Error),
    /// It was written by a newer pairbench.
    TooNew(PathBuf, u32),
}

impl fmt::Display for ReadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ReadError::Io(path, error) => write!(f, "{}: {error}", path.display()),
            ReadError::Malformed(path, error) => write!(
                f,
                "{} is not a complete pairbench record: {error}. Records of runs are in reports/records/",
                path.display()
            ),
            ReadError::TooNew(path, schema) => write!(
                f,
                "{} has schema {schema}; this pairbench reads up to {SCHEMA}. Use the version that wrote it, or a newer one",
                path.display()
            ),
        }
    }
}

impl std::error::Error for ReadError {}

/// Reads a record.
///
/// # Errors
///
/// See [`ReadError`]; no input makes it panic.
pub fn read(path: &Path) -> Result<Record, ReadError> {
    let bytes = std::fs::read(path).map_err(|error| ReadError::Io(path.into(), error))?;
    parse(&bytes, path)
}

/// Reads a record from memory; `path` is for the error.
///
/// # Errors
///
/// As [`read`].
pub fn parse(bytes: &[u8], path: &Path) -> Result<Record, ReadError> {
    #[derive(Deserialize)]
    struct Version {
        schema: u32,
    }
    let malformed = |error| ReadError::Malformed(path.into(), error);
    let read = serde_json::from_slice::<Record>(bytes);
    // A newer document may well not fit the types of today, so its version is checked before it is called malformed.
    let version = match &read {
        Ok(record) => record.schema,
        Err(_) => {
            serde_json::from_slice::<Version>(bytes)
                .map_err(malformed)?
                .schema
        }
    };
    match version > SCHEMA {
        true => Err(ReadError::TooNew(path.into(), version)),
        false => read.and_then(with_plain_id).map_err(malformed),
    }
}

/// The identifier of a record is the name of its file, which must not lead out of its folder.
fn with_plain_id(record: Record) -> Result<Record, serde_json::Error> {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-');
    match !record.id.starts_with('.') && record.id.chars().all(plain) {
        true => Ok(record),
        false => Err(serde::de::Error::custom(format!(
            "{:?} cannot be the id of a record",
            record.id
        ))),
    }
}

/// Writes the record into the folder under its own name, whole or not at all.
///
/// # Errors
///
/// Those of the file system; an older version of the file is then still there.
pub fn write(record: &Record, folder: &Path) -> io::Result<PathBuf> {
    let path = folder.join(format!("{}.json", record.id));
    write_to(record, &path)?;
    Ok(path)
}

/// Writes the summary of a record beside it, whole or not at all.
///
/// # Errors
///
/// Those of the file system.
pub(crate) fn write_summary(summary: &impl Serialize, record: &Path) -> io::Result<()> {
    let stem = record.file_stem().unwrap_or_default().to_string_lossy();
    write_to(summary, &record.with_file_name(format!("{stem}{SUMMARY}")))
}

/// Writes a document to a file, whole or not at all.
pub(super) fn write_to(document: &impl Serialize, path: &Path) -> io::Result<()> {
    let folder = path.parent().unwrap_or(Path::new("."));
    std::fs::create_dir_all(folder)?;
    let mut file = tempfile::Builder::new().prefix(UNFINISHED).tempfile_in(folder)?;
    serde_json::to_writer(io::BufWriter::new(&mut file), document)?;
    file.flush()?;
    file.as_file().sync_data()?;
    file.persist(path).map_err(|error| error.error)?;
    Ok(())
}
