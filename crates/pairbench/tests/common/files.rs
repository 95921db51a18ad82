//! Files of made-up projects.

use std::path::{Path, PathBuf};

/// Writes a file below the folder, and the folders on the way to it.
pub fn write(folder: &Path, file: &str, text: &str) -> PathBuf {
    let path = folder.join(file);
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(&path, text).unwrap();
    path
}
