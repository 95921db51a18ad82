//! `.gitignore`: folders that `cargo bench` writes.

use super::super::edit::{Edit, read, shown};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// The change that makes git ignore these folders; `None` when it does already, or there is no git.
pub(super) fn ignored(folder: &Path, names: &[&str]) -> Result<Option<Edit>, String> {
    let Some(top) = folder.ancestors().find(|above| above.join(".git").exists()) else {
        return Ok(None);
    };
    let between = folder.ancestors().take_while(|above| above.starts_with(top));
    let files: Vec<PathBuf> = between.map(|above| above.join(".gitignore")).collect();
    let nearest = files.iter().find(|file| file.is_file());
    let file = nearest.cloned().unwrap_or_else(|| top.join(".gitignore"));
    let before = read(&file)?;
    let place = file.parent().unwrap_or(top);
    let mut text = before.clone().unwrap_or_default();
    let end = if text.contains("\r\n") { "\r\n" } else { "\n" };
    for name in names {
        let path = folder.join(name);
        let line = format!("/{}/", shown(&path, place));
        if text.lines().any(|there| there.trim() == line) || git_ignores(top, &path) {
            continue;
        }
        if !text.is_empty() && !text.ends_with('\n') {
            text += end;
        }
        text += &(line + end);
    }
    Ok(match text.is_empty() {
        true => None,
        false => Edit::of(file, before, text),
    })
}

/// By any pattern anywhere. If git is missing, only the lines of the file count.
fn git_ignores(top: &Path, path: &Path) -> bool {
    let status = Command::new("git")
        .current_dir(top)
        .args(["check-ignore", "--quiet", "--no-index"])
        // With a trailing slash, since the folder may not exist yet.
        .arg(path.join(""))
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status();
    status.is_ok_and(|status| status.success())
}
