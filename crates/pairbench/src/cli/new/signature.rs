//! How a Python function is declared, as far as its source shows.

use crate::hosts::interpreter;
use serde::Deserialize;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// Modules of the working folder are not imported.
const SCRIPT: &str = concat!(
    "import sys\nsys.path = [path for path in sys.path if path]\n",
    include_str!("../../hosts/signature.py")
);

/// A function as its source declares it.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Signature {
    /// In order; keyword-only ones come last.
    pub parameters: Vec<Parameter>,
    /// What it returns.
    pub returns: Option<Annotation>,
    /// `async def`.
    pub asynchronous: bool,
}

#[derive(Debug, Deserialize)]
pub(super) struct Parameter {
    pub name: String,
    /// Whether it is keyword-only.
    pub keyword: bool,
    #[serde(rename = "type")]
    pub annotation: Option<Annotation>,
}

/// `list[int]` is `list` of `int`; `X | None` is `Union` of both.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub(super) struct Annotation {
    pub name: String,
    pub of: Vec<Option<Annotation>>,
}

/// What the interpreter found.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Found {
    /// `module`, `function`, or a text.
    problem: Option<String>,
    file: Option<PathBuf>,
    line: Option<u32>,
    signature: Option<Signature>,
    functions: Vec<String>,
}

/// The signature of a function, and a sentence about where it is from. There is no signature if the function is
/// compiled, or bound to its name in a way that the source does not show.
///
/// # Errors
///
/// When there is no such module or function.
pub(super) fn of(
    module: &str,
    function: &str,
    named: Option<&str>,
    folders: &[PathBuf],
) -> Result<(Option<Signature>, String), String> {
    let python = interpreter::choose(named).map_err(|error| error.to_string())?;
    let program = &python.about.executable;
    let output = Command::new(program)
        .args(["-c", SCRIPT, module, function])
        .args(folders)
        .stdin(Stdio::null())
        .stderr(Stdio::null())
        .output()
        .map_err(|error| format!("{}: {error}", program))?;
    let text = String::from_utf8_lossy(&output.stdout);
    let found: Found = serde_json::from_str(text.lines().last().unwrap_or_default())
        .map_err(|_| format!("{} did not read the source of {module}", program))?;
    let file = found.file.as_deref().unwrap_or(Path::new(module)).display();
    match found.problem.as_deref() {
        Some("module") => {
            return Err(format!(
                "{} finds no module {module}; activate the environment that it is installed in, or name its Python: \
                 --interpreter PATH",
                program
            ));
        }
        Some("function") => {
            return Err(format!(
                "{file} has no function {function}; it has {}",
                found.functions.join(", ")
            ));
        }
        Some(problem) => return Err(format!("{module}: {problem}")),
        None => {}
    }
    let place = match (&found.signature, found.line) {
        (Some(_), Some(line)) => format!("{module}:{function} is declared in {file}, line {line}"),
        _ => format!(
            "{file} does not show the arguments of {function}; their names and types are those of the first call"
        ),
    };
    Ok((found.signature, place))
}
