//! The workload to forecast, and the Python-only pair through which a worker runs it.

use crate::hosts::interpreter::Python;
use crate::hosts::worker::{PROGRAM, Worker, WorkerSetup};
use crate::hosts::{Fault, private_folder};
use crate::registry::calls::{CallFile, Element};
use crate::registry::{Entry, Pair, Profile, Sources};
use serde_json::json;
use serde_pickle::SerOptions;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;
use tempfile::TempDir;

/// The Python file of the pair.
const WORKLOAD: &str = concat!(
    include_str!("../hosts/calls.py"),
    include_str!("workload.py"),
    include_str!("../hosts/running/layout.py")
);
/// The same for a worker that only shows where such interpreters keep threads and code.
const LAYOUT: &str = include_str!("../hosts/running/layout.py");
/// Module name of that file.
pub(super) const MODULE: &str = "pairbench_workload";

/// A workload to run and forecast.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Workload {
    /// A statement, after others that prepare it.
    Statement {
        /// Run once, untimed.
        setup: Vec<String>,
        /// Run repeatedly.
        statement: String,
    },
    /// Calls of a function.
    Function {
        /// Its module.
        module: String,
        /// Its qualified name there.
        name: String,
        /// A file with its calls; without one it is called without arguments.
        input: Option<PathBuf>,
        /// Whether the whole file is the only argument of a single call.
        whole: bool,
        /// Folders to search for its module, besides the working folder and the interpreter's own.
        folders: Vec<PathBuf>,
    },
    /// The Python side of a pair whose input is generated.
    Pair {
        /// Its name.
        name: String,
        /// The folder of its module.
        root: PathBuf,
        /// The module.
        module: String,
        /// A pickle of the input.
        input: PathBuf,
        /// How the input becomes calls, by the name that the worker uses.
        form: &'static str,
    },
    /// A whole program: a file, or `-m` and a module, with its arguments.
    Program {
        /// The command line without the interpreter.
        arguments: Vec<String>,
    },
    /// A process that is already running, and is left running.
    Running {
        /// Its process ID.
        process: u32,
    },
}

impl Workload {
    /// The Python side of a pair on its default case, whose input is written to this file.
    ///
    /// # Errors
    ///
    /// If there is no input, or it cannot be written.
    pub(crate) fn of_pair(entry: &Entry, seed: u64, input: &Path) -> Result<Self, String> {
        let pair = &entry.pair;
        let pickle = pair.input_pickle(pair.default_case().size, seed);
        let pickle = pickle.map_err(|error| format!("{}: {error}", entry.name))?;
        std::fs::write(input, pickle).map_err(|error| format!("{}: {error}", input.display()))?;
        let absolute = |path: &Path| std::path::absolute(path).unwrap_or_else(|_| path.into());
        Ok(Workload::Pair {
            name: entry.name.into(),
            root: absolute(&entry.sources.python_root),
            module: entry.sources.module.clone(),
            input: absolute(input),
            form: pair.form().name(),
        })
    }

    /// Its name in a report.
    pub fn name(&self) -> String {
        match self {
            Workload::Statement { statement, .. } => statement.clone(),
            Workload::Function { module, name, .. } => format!("{module}:{name}"),
            Workload::Pair { name, .. } => name.clone(),
            Workload::Program { arguments } => arguments.join(" "),
            Workload::Running { process } => format!("process {process}"),
        }
    }

    /// Whether it runs only once per process.
    pub(super) fn is_program(&self) -> bool {
        matches!(self, Workload::Program { .. })
    }
}

/// A workload with its temporary files.
pub(super) struct Prepared<'a> {
    pub(super) workload: &'a Workload,
    python: &'a Python,
    folder: TempDir,
    program: PathBuf,
    entry: Entry,
}

impl<'a> Prepared<'a> {
    /// Writes the files. A call that takes longer than `limit` is ended.
    ///
    /// # Errors
    ///
    /// If there is no temporary folder, or the calls cannot be read.
    pub(super) fn new(
        workload: &'a Workload,
        python: &'a Python,
        stdin: Option<&Path>,
        limit: Duration,
    ) -> Result<Self, String> {
        let calls = match workload {
            Workload::Function {
                input: Some(input),
                whole,
                ..
            } => Some(CallFile::new(input, *whole).calls(u64::MAX)?),
            _ => None,
        };
        Self::write(workload, python, stdin, limit, calls.as_deref()).map_err(|error| {
            let folder = std::env::temp_dir();
            format!("no temporary files in {}: {error}", folder.display())
        })
    }

    fn write(
        workload: &'a Workload,
        python: &'a Python,
        stdin: Option<&Path>,
        limit: Duration,
        calls: Option<&[Element]>,
    ) -> io::Result<Self> {
        let folder = private_folder("pairbench-")?;
        let path = folder.path().join(format!("{MODULE}.py"));
        let program = folder.path().join("worker.py");
        let text = match workload {
            Workload::Running { .. } => LAYOUT,
            _ => WORKLOAD,
        };
        std::fs::write(&path, text)?;
        std::fs::write(&program, PROGRAM)?;
        let mut specification = match workload {
            Workload::Statement { setup, statement } => {
                json!({"kind": "statement", "setup": setup, "statement": statement})
            }
            Workload::Function {
                module,
                name,
                folders,
                ..
            } => json!({"kind": "function", "module": module, "name": name, "folders": folders}),
            Workload::Pair {
                root,
                module,
                input,
                form,
                ..
            } => json!({"kind": "pair", "folders": [root], "module": module, "input": input, "form": form}),
            Workload::Program { arguments } => json!({"kind": "program", "arguments": arguments}),
            Workload::Running { .. } => json!({}),
        };
        if let Some(calls) = calls {
            let file = folder.path().join("calls.pickle");
            let pickle = serde_pickle::to_vec(&calls, SerOptions::new()).map_err(io::Error::other)?;
            std::fs::write(&file, pickle)?;
            specification["calls"] = json!(file);
        }
        specification["output"] = json!(folder.path().join("output"));
        specification["stdin"] = json!(stdin);
        specification["limit"] = json!(limit.as_secs_f64());
        std::fs::write(folder.path().join("workload.json"), specification.to_string())?;
        let pair = Pair::new(Profile::Flat, "a workload to forecast").input(|_, _| ());
        let entry = Entry {
            name: "forecast",
            pair: pair.cases("runs", &[1, 2, 3]).build(),
            sources: Sources {
                rust_path: PathBuf::new(),
                rust_text: "".into(),
                python_root: folder.path().into(),
                python_path: path,
                module: MODULE.into(),
            },
        };
        Ok(Prepared {
            workload,
            python,
            folder,
            program,
            entry,
        })
    }

    /// A fresh process for it.
    pub(super) fn worker(&self, hash_seed: u32) -> Result<Worker<'_>, Fault> {
        let setup = WorkerSetup {
            python: self.python,
            program: &self.program,
            extension_dir: None,
            hash_seed,
        };
        Worker::start_clean(&setup, &self.entry, &[])
    }

    /// The last lines that it printed.
    pub(super) fn output(&self) -> String {
        let printed = std::fs::read(self.folder.path().join("output")).unwrap_or_default();
        let text = String::from_utf8_lossy(&printed[printed.len().saturating_sub(2000)..]).into_owned();
        let lines: Vec<&str> = text.lines().collect();
        lines[lines.len().saturating_sub(5)..].join("\n")
    }
}
