//! Changes to the user's files: shown as a diff, written completely or not at all.

use diffy::DiffOptions;
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// A file that changes, or that is to be created.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Edit {
    path: PathBuf,
    /// `None` if there is no such file yet.
    before: Option<String>,
    after: String,
}

impl Edit {
    /// The change of a file to this text; `None` if it already has it.
    pub fn of(path: PathBuf, before: Option<String>, after: String) -> Option<Self> {
        (before.as_ref() != Some(&after)).then_some(Edit { path, before, after })
    }

    /// The change in the format of `git apply`, with paths relative to `root`.
    pub fn diff(&self, root: &Path) -> String {
        let name = shown(&self.path, root);
        let (old, new) = (format!("a/{name}"), format!("b/{name}"));
        let before = self.before.as_deref();
        let mut options = DiffOptions::new();
        options.set_context_len(2).set_modified_filename(new);
        options.set_original_filename(if before.is_some() { old } else { "/dev/null".into() });
        let before = before.unwrap_or_default();
        options.create_patch(before, &self.after).to_string()
    }

    /// Writes the new text beside the file and renames it, with the permissions that the file had.
    pub fn write(&self) -> Result<(), String> {
        let written = match &self.before {
            None => create(&self.path, &self.after),
            Some(before) => replace(&self.path, before, &self.after),
        };
        written.map_err(|error| format!("{}: {error}", self.path.display()))
    }
}

/// A path for the user: relative to `root` if it is below it.
pub(super) fn shown(path: &Path, root: &Path) -> String {
    let below = path.strip_prefix(root).unwrap_or(path);
    below.display().to_string().replace('\\', "/")
}

/// The text of a file; `None` when there is none.
pub(super) fn read(path: &Path) -> Result<Option<String>, String> {
    match fs::read_to_string(path) {
        Ok(text) => Ok(Some(text)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(format!("{}: {error}", path.display())),
    }
}

/// Refuses to overwrite a file that has appeared in the meantime.
fn create(path: &Path, text: &str) -> io::Result<()> {
    fs::create_dir_all(path.parent().unwrap_or(Path::new(".")))?;
    let mut file = fs::File::create_new(path)?;
    file.write_all(text.as_bytes())
}

fn replace(path: &Path, before: &str, text: &str) -> io::Result<()> {
    // Follows a link to the file.
    let path = fs::canonicalize(path)?;
    if fs::read_to_string(&path)? != before {
        return Err(io::Error::other(
            "the file has changed in the meantime; run the command again",
        ));
    }
    let mut beside = tempfile::NamedTempFile::new_in(path.parent().unwrap_or(Path::new(".")))?;
    beside.write_all(text.as_bytes())?;
    fs::set_permissions(beside.path(), fs::metadata(&path)?.permissions())?;
    beside.persist(&path)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_changed_in_the_meantime_is_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("x.toml");
        let edit =
            |before: Option<&str>| Edit::of(path.clone(), before.map(String::from), "new\n".into()).unwrap();
        fs::write(&path, "other\n").unwrap();
        assert!(
            edit(Some("old\n"))
                .write()
                .unwrap_err()
                .contains("in the meantime")
        );
        assert!(edit(None).write().is_err());
        assert_eq!(fs::read_to_string(&path).unwrap(), "other\n");
        edit(Some("other\n")).write().unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "new\n");
    }

    #[cfg(unix)]
    #[test]
    fn links_and_permissions_stay() {
        use std::os::unix::fs::{PermissionsExt, symlink};
        let folder = tempfile::tempdir().unwrap();
        let (real, link) = (folder.path().join("real"), folder.path().join("link"));
        fs::write(&real, "old").unwrap();
        fs::set_permissions(&real, fs::Permissions::from_mode(0o640)).unwrap();
        symlink(&real, &link).unwrap();
        Edit::of(link.clone(), Some("old".into()), "new".into())
            .unwrap()
            .write()
            .unwrap();
        assert!(link.is_symlink());
        assert_eq!(fs::read_to_string(&real).unwrap(), "new");
        assert_eq!(fs::metadata(&real).unwrap().permissions().mode() & 0o777, 0o640);
    }

    #[test]
    fn a_diff_names_the_file_and_whether_it_is_new() {
        let root = Path::new("/project");
        let edit = |before: Option<&str>| {
            let before = before.map(String::from);
            Edit::of(root.join("a/b.toml"), before, "1\n2\n".into())
                .unwrap()
                .diff(root)
        };
        assert_eq!(
            edit(Some("1\n")),
            "--- a/a/b.toml\n+++ b/a/b.toml\n@@ -1 +1,2 @@\n 1\n+2\n"
        );
        assert!(edit(None).starts_with("--- /dev/null\n+++ b/a/b.toml\n"));
        assert_eq!(Edit::of("x".into(), Some("1".into()), "1".into()), None);
    }
}
