//! From records to static HTML. Nothing here reads anything but records.

#[cfg(test)]
mod fixture;
pub mod summary;

/// To come.
pub fn render(
    _records: &[crate::record::Record],
    out: &std::path::Path,
) -> std::io::Result<std::path::PathBuf> {
    Ok(out.join("index.html"))
}
