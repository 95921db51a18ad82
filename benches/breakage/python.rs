//! The steps of one package of PyPI: install, look at it, compile, import, test; with each interpreter.

use super::parse::{lost_text, pytest_passed, tail};
use super::results::{Row, Side};
use super::rows::{Made, Tests};
use super::sandbox::{Outcome, Sandbox};
use serde::Deserialize;
use std::collections::BTreeSet;
use std::ffi::OsString;
use std::path::{Path, PathBuf};

/// The same pytest tests with each interpreter: it is the tool, not what is tried.
const PYTEST: &str = "pytest==8.3.5";
const INSTALL: u32 = 120;
const LOOK: u32 = 60;
const TESTS: u32 = 60;

/// One interpreter.
#[derive(Debug, Clone)]
pub struct Interpreter {
    /// Like `3.12`, or `pypy3.11`.
    pub release: String,
    /// The executable.
    pub program: PathBuf,
    /// What the sandbox has to show.
    pub prefix: PathBuf,
}

/// What all packages share.
#[derive(Debug)]
pub struct Python {
    /// From the oldest on.
    pub interpreters: Vec<Interpreter>,
    /// The executable of uv.
    pub uv: PathBuf,
    /// The folder of the study.
    pub work: PathBuf,
}

#[derive(Debug, Default, Deserialize)]
struct Info {
    version: String,
    modules: Vec<String>,
    compiled: Vec<String>,
}

#[derive(Debug, Default, Deserialize)]
struct Looked {
    good: Vec<String>,
    errors: Vec<String>,
    warnings: Vec<String>,
}

/// What worked with the release of the day.
#[derive(Debug, Default)]
struct Baseline {
    info: Info,
    files: Vec<String>,
    modules: Vec<String>,
}

/// The tests of one package.
struct Pytest<'a> {
    python: &'a Python,
    folder: &'a Path,
    source: PathBuf,
    baseline: Baseline,
}

impl Tests for Pytest<'_> {
    type Release = Interpreter;

    fn name(python: &Interpreter) -> &String {
        &python.release
    }

    fn works(&mut self, made: &mut Made, python: &Interpreter) -> Result<bool, String> {
        let there = self.folder.join(&python.release).exists() || {
            let Pytest { folder, baseline, .. } = self;
            self.python.without_tests(made, folder, python, baseline, false)?
        };
        Ok(there && made.worked(&python.release))
    }

    fn run(&self, python: &Interpreter) -> Result<Outcome, String> {
        self.python.test(self.folder, python, &self.source)
    }

    fn passed(text: &str) -> BTreeSet<String> {
        pytest_passed(text)
    }

    fn why(text: &str, lost: &[String]) -> String {
        lost_text(text, lost)
    }
}

impl Python {
    /// Tries the package on the interpreters from that of the day on; the rows so far when one step of the baseline fails.
    pub fn study(&self, day: &str, package: &str, folder: &Path, tests: bool) -> Result<Vec<Row>, String> {
        let mut made = Made::new(day, Side::Python, package);
        let first = super::days::release(day, Side::Python);
        let from = self.interpreters.iter().position(|one| one.release == first);
        let Some(from) = from else {
            return Err(format!("no Python {first} at hand, which was current on {day}"));
        };
        let (first, later) = (&self.interpreters[from], &self.interpreters[from + 1..]);
        let mut baseline = Baseline::default();
        if !self.without_tests(&mut made, folder, first, &mut baseline, true)? {
            return Ok(made.done());
        }
        let mut works = false;
        for python in super::order(later) {
            let ok = self.without_tests(&mut made, folder, python, &mut baseline, false)?;
            works |= ok;
            if super::is_last(later, &python.release, |one| &one.release, ok) {
                break;
            }
        }
        if tests && works {
            let Some(source) = self.source(&mut made, folder, first)? else {
                return Ok(made.done());
            };
            let mut tests = Pytest {
                python: self,
                folder,
                source,
                baseline,
            };
            made.run_tests(&mut tests, first, later)?;
        }
        Ok(made.done())
    }

    /// Installs, compiles and imports; whether the last worked.
    fn without_tests(
        &self,
        made: &mut Made,
        folder: &Path,
        python: &Interpreter,
        baseline: &mut Baseline,
        first: bool,
    ) -> Result<bool, String> {
        let venv = folder.join(&python.release);
        let build = self.package_manager(folder, made.day(), python);
        let program = arguments(["uv", "venv", "--quiet", "--seed", "--python"]);
        let outcome = build.run(folder, LOOK, &with(program, [&python.program, &venv]))?;
        if !outcome.ok {
            made.add(&python.release, "install", &outcome, tail(&outcome.text), vec![]);
            return Ok(false);
        }
        let mut install = arguments(["uv", "pip", "install", "--python"]);
        install.push(venv.clone().into());
        if first {
            install.push(made.package().into());
        } else {
            // What needs a compiler is another question.
            for name in &baseline.info.compiled {
                install.extend(arguments(["--only-binary", name]));
            }
            install.push(format!("{}=={}", made.package(), baseline.info.version).into());
        }
        let outcome = build.run(folder, INSTALL, &install)?;
        let compiled = baseline.info.compiled.clone();
        made.add(
            &python.release,
            "install",
            &outcome,
            tail(&outcome.text),
            compiled,
        );
        if !outcome.ok {
            return Ok(false);
        }
        let package = [made.package().to_string()];
        if first {
            let (outcome, info) = self.look::<Info>(folder, python, "info", &package)?;
            baseline.info = info;
            made.version(&baseline.info.version);
            let pure = !baseline.info.compiled.contains(&package[0]) && outcome.ok;
            let outcome = Outcome { ok: pure, ..outcome };
            made.add(
                &python.release,
                "pure",
                &outcome,
                tail(&outcome.text),
                baseline.info.compiled.clone(),
            );
            if !pure {
                return Ok(false);
            }
            baseline.modules = baseline.info.modules.clone();
        }
        let (outcome, looked) = self.look::<Looked>(folder, python, "compile", &package)?;
        if first {
            baseline.files = looked.good.clone();
        }
        judge(made, python, "compile", outcome, &looked, &baseline.files);
        let (outcome, looked) = self.look::<Looked>(folder, python, "import", &baseline.modules)?;
        if first {
            baseline.modules = looked.good.clone();
        }
        Ok(judge(made, python, "import", outcome, &looked, &baseline.modules))
    }

    /// The unpacked source distribution, which uv keeps after building it.
    fn source(
        &self,
        made: &mut Made,
        folder: &Path,
        python: &Interpreter,
    ) -> Result<Option<PathBuf>, String> {
        let mut build = self.package_manager(folder, made.day(), python);
        let cache = folder.join("sdist");
        build
            .variables
            .push(("UV_CACHE_DIR".into(), cache.clone().into()));
        let mut command = arguments([
            "uv",
            "pip",
            "install",
            "--no-deps",
            "--no-binary",
            made.package(),
            "--python",
        ]);
        command.extend([
            python.program.clone().into(),
            "--target".into(),
            folder.join("built").into(),
        ]);
        command.push(made.exact().into());
        let outcome = build.run(folder, INSTALL, &command)?;
        let found = walk(&cache, 6).into_iter().find(|path| path.ends_with("src"));
        if found.is_none() {
            let text = format!("no source distribution: {}", tail(&outcome.text));
            made.tests(
                &python.release,
                &Outcome { ok: false, ..outcome },
                text,
                vec![],
                0,
            );
        }
        Ok(found)
    }

    fn test(&self, folder: &Path, python: &Interpreter, source: &Path) -> Result<Outcome, String> {
        let copy = folder.join("tested");
        let _ = std::fs::remove_dir_all(&copy);
        super::copy(source, &copy)?;
        let tool = self.pytest(python)?;
        let mut sandbox = self.sandbox(folder, python);
        sandbox.readable.push(tool.clone());
        // Behind what the package itself needs.
        let libraries = folder.join(&python.release).join("lib");
        for site in walk(&libraries, 2)
            .into_iter()
            .filter(|path| path.ends_with("site-packages"))
        {
            super::write(&site.join("zz-pytest.pth"), &format!("{}\n", tool.display()))?;
        }
        sandbox.run(&copy, TESTS, &self.probe(folder, python, "tests", &[]))
    }

    /// Installs pytest for this interpreter, once.
    fn pytest(&self, python: &Interpreter) -> Result<PathBuf, String> {
        static ONE: std::sync::Mutex<()> = std::sync::Mutex::new(());
        let _one = ONE.lock();
        let folder = self.work.join("pytest").join(&python.release);
        if folder.join("ready").exists() {
            return Ok(folder);
        }
        std::fs::create_dir_all(&folder).map_err(|error| error.to_string())?;
        let mut sandbox = self.package_manager(&folder, "", python);
        sandbox.variables.retain(|(name, _)| name != "UV_EXCLUDE_NEWER");
        let mut command = arguments(["uv", "pip", "install", "--python"]);
        command.extend([
            python.program.clone().into(),
            "--target".into(),
            folder.clone().into(),
            PYTEST.into(),
        ]);
        let outcome = sandbox.run(&folder, INSTALL, &command)?;
        if !outcome.ok {
            return Err(format!("cannot install {PYTEST}: {}", tail(&outcome.text)));
        }
        super::write(&folder.join("ready"), "")?;
        Ok(folder)
    }

    fn look<T: for<'a> Deserialize<'a> + Default>(
        &self,
        folder: &Path,
        python: &Interpreter,
        mode: &str,
        things: &[String],
    ) -> Result<(Outcome, T), String> {
        let file = folder.join("probe.json");
        let _ = std::fs::remove_file(&file);
        let outcome =
            self.sandbox(folder, python)
                .run(folder, LOOK, &self.probe(folder, python, mode, things))?;
        let text = std::fs::read_to_string(&file).unwrap_or_default();
        match serde_json::from_str(&text) {
            Ok(told) => Ok((outcome, told)),
            Err(_) => Ok((Outcome { ok: false, ..outcome }, T::default())),
        }
    }

    fn probe(&self, folder: &Path, python: &Interpreter, mode: &str, things: &[String]) -> Vec<OsString> {
        let program = folder.join(&python.release).join("bin/python");
        let mut all: Vec<OsString> = vec![program.into(), self.work.join("probe.py").into()];
        all.extend([folder.join("probe.json").into(), mode.into()]);
        all.extend(things.iter().map(Into::into));
        all
    }

    fn sandbox(&self, folder: &Path, python: &Interpreter) -> Sandbox {
        Sandbox {
            folder: folder.into(),
            readable: vec![python.prefix.clone(), self.work.join("probe.py")],
            writable: vec![],
            network: false,
            variables: vec![
                ("PYTHONHASHSEED".into(), "0".into()),
                ("COLUMNS".into(), "300".into()),
            ],
            path: vec![],
        }
    }

    fn package_manager(&self, folder: &Path, day: &str, python: &Interpreter) -> Sandbox {
        let cache = self.work.join("uv");
        let bin = self.uv.parent().unwrap_or(Path::new("/")).to_path_buf();
        let set = |name: &str, value: &str| (name.to_string(), OsString::from(value));
        let mut sandbox = self.sandbox(folder, python);
        sandbox.network = true;
        sandbox.readable.push(bin.clone());
        sandbox.path.push(bin);
        sandbox.variables = vec![
            set("UV_EXCLUDE_NEWER", &super::days::instant(day)),
            set("UV_SYSTEM_CERTS", "1"),
            set("UV_LINK_MODE", "copy"),
            set("UV_PYTHON_DOWNLOADS", "never"),
            set("UV_CONCURRENT_BUILDS", "1"),
            ("UV_CACHE_DIR".into(), cache.clone().into()),
        ];
        sandbox.writable.push(cache);
        sandbox
    }
}

/// It works when all that worked with the release of the day works still, and something did.
fn judge(
    made: &mut Made,
    python: &Interpreter,
    step: &str,
    outcome: Outcome,
    looked: &Looked,
    before: &[String],
) -> bool {
    let lost = before.iter().filter(|one| !looked.good.contains(one)).count();
    let ok = lost == 0 && !before.is_empty() && outcome.ok;
    let errors: Vec<&str> = (looked.errors.iter())
        .filter(|error| before.is_empty() || before.iter().any(|one| error.starts_with(&format!("{one}: "))))
        .map(String::as_str)
        .collect();
    let text = if ok {
        String::new()
    } else {
        format!("{}\n{}", errors.join("\n"), outcome.text)
    };
    made.add(
        &python.release,
        step,
        &Outcome { ok, ..outcome },
        tail(&text),
        looked.warnings.clone(),
    );
    ok
}

fn arguments<const N: usize>(all: [&str; N]) -> Vec<OsString> {
    all.map(OsString::from).into()
}

fn with<const N: usize>(mut all: Vec<OsString>, more: [&PathBuf; N]) -> Vec<OsString> {
    all.extend(more.map(OsString::from));
    all
}

/// The folders below, at most so deep.
fn walk(folder: &Path, deep: usize) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
            let path = entry.path();
            if deep > 0 {
                found.extend(walk(&path, deep - 1));
            }
            found.push(path);
        }
    }
    // The outermost `src` is that of the distribution.
    found.sort_by_key(|path| path.components().count());
    found
}
