//! Makes what the steps of a suite need besides the interpreter: packages, in an environment on that interpreter, and Python
//! files that mypyc has compiled.
//!
//! Both are kept in the target folder, by interpreter and by what they are made of, so that they are made once.

use super::launcher::Stop;
use super::{Python, environment, extension, logged};
use crate::registry::Variant;
use crate::text::short_hash;
use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File, TryLockError};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

/// Packages that are needed to compile a file.
const COMPILER: [&str; 2] = ["mypy", "setuptools"];

/// Variables by which pip would install elsewhere.
const ELSEWHERE: [&str; 5] = ["PIP_TARGET", "PIP_PREFIX", "PIP_ROOT", "PIP_USER", "PYTHONPATH"];

/// Why something could not be made, by its name.
pub(crate) type Refused = BTreeMap<String, String>;

/// Where the steps of a suite are made for one interpreter.
#[derive(Debug)]
pub(crate) struct Workshop<'a> {
    python: &'a Python,
    /// The pinned versions.
    requirements: PathBuf,
    /// The package names in that file.
    names: BTreeSet<String>,
    folder: PathBuf,
    stop: &'a Stop,
}

impl<'a> Workshop<'a> {
    /// For a suite whose Python files are under `root`; `None` if no `requirements.txt` is beside them.
    pub fn of(python: &'a Python, root: &Path, target: &Path, stop: &'a Stop) -> Option<Self> {
        let requirements = root.join("requirements.txt");
        let text = fs::read_to_string(&requirements).ok()?;
        let name = format!("{}-{}", extension::folder_name(python), short_hash(&text));
        Some(Workshop {
            python,
            names: names(&text),
            requirements,
            folder: target.join("pairbench-steps").join(name),
            stop,
        })
    }

    /// Those of these modules whose packages the requirements name, and what compiling needs if `compiled`.
    pub fn wanted(&self, modules: &BTreeSet<String>, compiled: bool) -> BTreeSet<String> {
        let compiler = COMPILER.iter().map(ToString::to_string).filter(|_| compiled);
        let named = modules.intersection(&self.names).cloned();
        named.chain(compiler).collect()
    }

    /// Those that are not installed yet.
    pub fn missing(&self, wanted: &BTreeSet<String>) -> BTreeSet<String> {
        wanted.difference(&self.installed()).cloned().collect()
    }

    /// Installs these packages; returns the folder of their modules, and why some could not be installed.
    ///
    /// # Errors
    ///
    /// Why there is no environment.
    pub fn install(&self, wanted: &BTreeSet<String>) -> Result<(PathBuf, Refused), String> {
        let lock = self.lock()?;
        let mut missing = self.missing(wanted);
        let mut refused = Refused::new();
        if !missing.is_empty() {
            if !self.environment().join("pyvenv.cfg").exists() {
                self.make_environment()?;
            }
            if self.pip(&missing).is_err() {
                // One by one, to get those that exist for this interpreter.
                for one in std::mem::take(&mut missing) {
                    match self.pip(&BTreeSet::from([one.clone()])) {
                        Ok(()) => drop(missing.insert(one)),
                        Err(_) if self.stop.requested() => return Err("stopped".into()),
                        Err(why) => drop(refused.insert(one, why)),
                    }
                }
            }
            let all: BTreeSet<String> = self.installed().union(&missing).cloned().collect();
            write(&self.list(), &Vec::from_iter(all).join("\n"))?;
        }
        drop(lock);
        Ok((self.packages()?, refused))
    }

    /// Compiles a pair's Python file unless that has been done; returns the folder above those of all pairs.
    ///
    /// # Errors
    ///
    /// Why it cannot be compiled.
    pub fn compile(&self, pair: &str, file: &Path) -> Result<PathBuf, String> {
        let folder = self.folder.join("compiled");
        if self.has_compiled(pair, file) {
            return Ok(folder);
        }
        let text = fs::read_to_string(file).map_err(|error| in_file(file, error))?;
        let work = self.folder.join("compiling").join(pair);
        let _ = fs::remove_dir_all(&work);
        let name = Variant::COMPILED_MODULE;
        write(&work.join(format!("{name}.py")), &text)?;
        let mut command = self.command(&self.executable()?);
        command
            .current_dir(&work)
            .args(["-m", "mypyc", "--ignore-missing-imports"])
            .arg(format!("{name}.py"));
        self.run(command, "mypyc could not compile it", &work.join("log"))?;
        let (place, module) = (folder.join(pair), format!("{name}{}", self.python.ext_suffix));
        fs::create_dir_all(&place)
            .and_then(|()| fs::rename(work.join(&module), place.join(&module)))
            .map_err(|error| in_file(&place, error))?;
        write(&self.stamp(pair), &short_hash(&text))?;
        Ok(folder)
    }

    /// Whether a pair's file has been compiled in its current state.
    pub fn has_compiled(&self, pair: &str, file: &Path) -> bool {
        let stamp = fs::read_to_string(self.stamp(pair)).ok();
        let text = fs::read_to_string(file).ok();
        stamp
            .zip(text)
            .is_some_and(|(stamp, text)| stamp == short_hash(&text))
    }

    /// The file with the hash of the text that was compiled.
    fn stamp(&self, pair: &str) -> PathBuf {
        self.folder.join("compiled").join(pair).join("source")
    }

    fn environment(&self) -> PathBuf {
        self.folder.join("environment")
    }

    /// The file that lists what is installed.
    fn list(&self) -> PathBuf {
        self.folder.join("installed")
    }

    fn installed(&self) -> BTreeSet<String> {
        let list = fs::read_to_string(self.list()).unwrap_or_default();
        list.lines().map(Into::into).collect()
    }

    /// Makes it without pip if the system keeps what pip needs in another package; the interpreter's pip then installs.
    fn make_environment(&self) -> Result<(), String> {
        let make = |more: &[&str]| {
            let mut command = self.command(Path::new(&self.python.about.executable));
            command
                .args(["-m", "venv", "--clear"])
                .args(more)
                .arg(self.environment());
            self.run(
                command,
                "no environment could be made",
                &self.folder.join("venv.log"),
            )
        };
        make(&[]).or_else(|why| make(&["--without-pip"]).map_err(|_| why))
    }

    /// The environment's interpreter.
    fn executable(&self) -> Result<PathBuf, String> {
        let found =
            ["bin/python", "bin/pypy3", "Scripts/python.exe"].map(|below| self.environment().join(below));
        let found = found.into_iter().find(|path| path.exists());
        found.ok_or_else(|| format!("{} has no interpreter", self.environment().display()))
    }

    /// The folder of its modules.
    fn packages(&self) -> Result<PathBuf, String> {
        let windows = self.environment().join("Lib/site-packages");
        let lib = self.environment().join("lib");
        let versions = fs::read_dir(&lib).map(|entries| entries.flatten().map(|entry| entry.path()));
        let folders = versions
            .into_iter()
            .flatten()
            .map(|folder| folder.join("site-packages"));
        let mut found = std::iter::once(windows)
            .chain(folders)
            .filter(|folder| folder.exists());
        found
            .next()
            .ok_or_else(|| format!("{} has no modules", lib.display()))
    }

    fn pip(&self, names: &BTreeSet<String>) -> Result<(), String> {
        let own = self.executable()?;
        let mut command = match self.packages()?.join("pip").exists() {
            true => {
                let mut command = self.command(&own);
                command.args(["-m", "pip"]);
                command
            }
            false => {
                let mut command = self.command(Path::new(&self.python.about.executable));
                command.args(["-m", "pip", "--python"]).arg(own);
                command
            }
        };
        command
            .args([
                "install",
                "--quiet",
                "--no-input",
                "--disable-pip-version-check",
                "--retries",
                "1",
            ])
            .args(["--only-binary", ":all:", "--constraint"])
            .arg(&self.requirements)
            .args(names);
        self.run(command, "pip could not install it", &self.folder.join("pip.log"))
    }

    fn command(&self, program: &Path) -> Command {
        let mut command = Command::new(program);
        environment::without_python_variables(&mut command);
        for name in ELSEWHERE {
            command.env_remove(name);
        }
        command.envs(self.python.variables.iter().cloned());
        command
    }

    fn run(&self, command: Command, failure: &str, log: &Path) -> Result<(), String> {
        fs::create_dir_all(&self.folder).map_err(|error| in_file(&self.folder, error))?;
        logged::run(command, failure, log, log, self.stop).map(drop)
    }

    /// Another run may be installing into the same folder.
    fn lock(&self) -> Result<File, String> {
        let path = self.folder.join("lock");
        fs::create_dir_all(&self.folder).map_err(|error| in_file(&self.folder, error))?;
        let file = File::create(&path).map_err(|error| in_file(&path, error))?;
        loop {
            match file.try_lock() {
                Ok(()) => return Ok(file),
                Err(TryLockError::WouldBlock) if self.stop.requested() => return Err("stopped".into()),
                Err(TryLockError::WouldBlock) => std::thread::sleep(Duration::from_millis(50)),
                Err(TryLockError::Error(error)) => return Err(in_file(&path, error)),
            }
        }
    }
}

/// The names that a file of requirements pins.
fn names(requirements: &str) -> BTreeSet<String> {
    let lines = requirements
        .lines()
        .map(|line| line.split('#').next().unwrap_or_default());
    let ends = |c: char| !(c.is_ascii_alphanumeric() || "-_.".contains(c));
    let names = lines.map(|line| line.trim().split(ends).next().unwrap_or_default());
    names
        .filter(|name| !name.is_empty() && !name.starts_with('-'))
        .map(Into::into)
        .collect()
}

fn write(path: &Path, text: &str) -> Result<(), String> {
    let folder = path.parent().expect("a file in a folder");
    fs::create_dir_all(folder)
        .and_then(|()| fs::write(path, text))
        .map_err(|error| in_file(path, error))
}

fn in_file(path: &Path, error: impl std::fmt::Display) -> String {
    format!("{}: {error}", path.display())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requirements_are_read_by_their_names() {
        let text = "# steps\nnumpy==2.4.6; python_version >= \"3.11\"\nnumpy==2.0.2 ; python_version < \"3.11\"\n\
            uvloop == 0.23.0  # for echo\n-c other.txt\n\ntyping_extensions>=4\n";
        assert_eq!(
            Vec::from_iter(names(text)),
            ["numpy", "typing_extensions", "uvloop"]
        );
    }

    #[test]
    fn without_requirements_nothing_is_made() {
        let (folder, stop) = (tempfile::tempdir().unwrap(), Stop::new());
        assert!(Workshop::of(&Python::default(), folder.path(), folder.path(), &stop).is_none());
    }

    #[test]
    fn only_what_the_requirements_name_is_installed() {
        let (folder, stop) = (tempfile::tempdir().unwrap(), Stop::new());
        write(
            &folder.path().join("requirements.txt"),
            "numpy==2.4.6\nmypy==2.4.1\n",
        )
        .unwrap();
        let python = Python::default();
        let workshop = Workshop::of(&python, folder.path(), folder.path(), &stop).unwrap();
        let modules = BTreeSet::from(["numpy", "zlib_ng"].map(String::from));
        assert_eq!(Vec::from_iter(workshop.wanted(&modules, false)), ["numpy"]);
        let wanted = workshop.wanted(&modules, true);
        assert_eq!(workshop.missing(&wanted).len(), 3);
        write(&workshop.list(), "numpy\nmypy").unwrap();
        assert_eq!(Vec::from_iter(workshop.missing(&wanted)), ["setuptools"]);
    }

    #[test]
    fn an_interpreter_that_does_not_start_is_the_reason() {
        let (folder, stop) = (tempfile::tempdir().unwrap(), Stop::new());
        write(&folder.path().join("requirements.txt"), "numpy==2.4.6\n").unwrap();
        let mut python = Python::default();
        python.about.executable = "/nowhere/python".into();
        let workshop = Workshop::of(&python, folder.path(), folder.path(), &stop).unwrap();
        let error = workshop.install(&BTreeSet::from(["numpy".into()])).unwrap_err();
        assert!(error.contains("/nowhere/python does not start"), "{error}");
    }

    #[test]
    fn a_compiled_file_is_known_by_its_text() {
        let (folder, stop) = (tempfile::tempdir().unwrap(), Stop::new());
        write(&folder.path().join("requirements.txt"), "mypy==2.4.1\n").unwrap();
        let file = folder.path().join("pair.py");
        write(&file, "def python():\n    return 1\n").unwrap();
        let python = Python::default();
        let workshop = Workshop::of(&python, folder.path(), folder.path(), &stop).unwrap();
        let has = || workshop.has_compiled("pair", &file);
        assert!(!has());
        let hash = short_hash(&fs::read_to_string(&file).unwrap());
        write(&workshop.folder.join("compiled/pair/source"), &hash).unwrap();
        assert!(has());
        write(&file, "def python():\n    return 2\n").unwrap();
        assert!(!has());
    }
}
