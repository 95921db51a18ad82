//! Temporary folders that programs are run from, and files that replace others.

use std::io;
use std::path::Path;

/// Makes a temporary folder that nobody else can enter, whatever the umask, or replace: programs are run from it.
///
/// # Errors
///
/// Those of the file system, or that somebody else could replace the folder.
pub(crate) fn private_folder(prefix: &str) -> io::Result<tempfile::TempDir> {
    #[cfg(unix)]
    keeps_its_folders(&std::env::temp_dir())?;
    let mut builder = tempfile::Builder::new();
    builder.prefix(prefix);
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o700));
    builder.tempdir()
}

/// Whether nobody else can replace what is made in a folder: if everybody can write to it or to a folder above, and no
/// sticky bit forbids it, everybody can rename what is there. A group that can write is assumed to be trusted.
#[cfg(unix)]
fn keeps_its_folders(folder: &Path) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    const STICKY: u32 = 0o1000;
    const OTHERS_WRITE: u32 = 0o002;
    for folder in folder.canonicalize()?.ancestors() {
        let mode = folder.metadata()?.permissions().mode();
        if mode & (STICKY | OTHERS_WRITE) == OTHERS_WRITE {
            return Err(io::Error::new(
                io::ErrorKind::PermissionDenied,
                format!(
                    "every user can write to {} and replace the programs that a run starts from there (`chmod +t` on it \
                     prevents that)",
                    folder.display()
                ),
            ));
        }
    }
    Ok(())
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn nobody_else_enters_the_temporary_folder() {
        use std::os::unix::fs::PermissionsExt;
        let folder = private_folder("pairbench-").unwrap();
        let mode = folder.path().metadata().unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o700);
    }

    #[test]
    fn no_folder_in_which_everybody_can_rename_has_programs() {
        use std::os::unix::fs::PermissionsExt;
        let parent = tempfile::tempdir().unwrap();
        let folder = parent.path().join("own");
        std::fs::create_dir(&folder).unwrap();
        let check = |mode: u32| {
            std::fs::set_permissions(parent.path(), std::fs::Permissions::from_mode(mode)).unwrap();
            [parent.path(), &folder].map(|path| keeps_its_folders(path).is_ok())
        };
        for mode in [0o700, 0o755, 0o775, 0o1777] {
            assert_eq!(check(mode), [true, true], "{mode:o}");
        }
        for mode in [0o777, 0o757] {
            assert_eq!(check(mode), [false, false], "{mode:o}");
        }
    }
}

/// A temporary file in the folder of `path`, to be renamed to it: nobody sees half a file.
///
/// # Errors
///
/// Those of the file system.
pub(crate) fn new_beside(path: &Path) -> io::Result<tempfile::NamedTempFile> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    let folder = folder.unwrap_or(Path::new("."));
    std::fs::create_dir_all(folder)?;
    let mut builder = tempfile::Builder::new();
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
    builder.prefix(".pairbench-").tempfile_in(folder)
}
