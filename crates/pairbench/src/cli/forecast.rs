//! `pairbench forecast`: what a port would gain, before any Rust is written.

use super::project::{PAIRS, PLACES};
use super::suite;
use crate::estimate::Ratio;
use crate::forecast::{
    Candidate, Failure, Forecast, Request, Workload, about, ends, forecast, interpreter_of,
};
use crate::hosts::interpreter::choose;
use crate::registry::python_folders;
use crate::report;
use crate::run::exit::{Exit, HELP_OF_FORECAST};
use crate::run::{Options, Selected, duration};
use crate::terminal::{Color, Terminal, print_error, show};
use crate::text::{name_cell, percent, right, wrap};
use clap::Args;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// The arguments of `forecast`.
#[derive(Debug, Args)]
#[command(after_help = HELP_OF_FORECAST, override_usage = "\
pairbench forecast [OPTIONS] -s SETUP STATEMENT
       pairbench forecast [OPTIONS] MODULE:FUNCTION [--input FILE]
       pairbench forecast [OPTIONS] -- python -m MODULE [ARGUMENTS]
       pairbench forecast [OPTIONS] -- python FILE [ARGUMENTS]
       pairbench forecast [OPTIONS] --pid PID")]
pub(super) struct Arguments {
    /// A statement, as `timeit` takes it; a function as module:function; or the name of a pair in benches/pairs.rs
    #[arg(
        value_name = "WORKLOAD",
        required_unless_present_any = ["program", "pid"],
        conflicts_with = "program"
    )]
    workload: Option<String>,
    /// Statements that run once before the statement, untimed; may be repeated
    #[arg(short, long, value_name = "STATEMENTS", conflicts_with = "program")]
    setup: Vec<String>,
    /// Calls of the function: what `record` keeps, or arguments in a .jsonl, .json, .txt or .csv file
    #[arg(long, value_name = "FILE", conflicts_with_all = ["program", "setup"])]
    input: Option<PathBuf>,
    /// What it reads from its standard input, which is empty otherwise
    #[arg(long, value_name = "FILE")]
    stdin: Option<PathBuf>,
    /// The interpreter: a name or a path
    #[arg(long, value_name = "PYTHON")]
    interpreter: Option<String>,
    /// A process that runs already: it is watched, and left running (Linux)
    #[arg(long, value_name = "PID", conflicts_with_all = ["workload", "program", "setup", "input", "stdin"])]
    pid: Option<u32>,
    /// How long to run it in all; a call or program that still runs then is ended, and the forecast is about what it did.
    /// Without it about 10 s, and 10 min for a single call. With --pid how long to watch; without it until there are 300
    /// samples in which it computes, and at most 10 s
    #[arg(long, value_name = "TIME", value_parser = duration)]
    duration: Option<Duration>,
    /// Write JSON, for other programs
    #[arg(long)]
    json: bool,
    /// Write a page with the forecast, forecast.html, into this folder
    #[arg(long, value_name = "FOLDER")]
    out: Option<PathBuf>,
    /// A whole program: the interpreter, then a file or -m and a module, and arguments
    #[arg(last = true, value_name = "PROGRAM")]
    program: Vec<String>,
}

/// Runs it and prints the forecast.
pub(super) fn main(arguments: &Arguments) -> Result<Exit, String> {
    let request = request(arguments)?;
    let forecast = match observed(&request) {
        Ok(forecast) => forecast,
        Err(Failure::Refused(message)) => return Err(message),
        Err(Failure::Failed(message)) => {
            print_error(&format!("error: {message}"));
            return Ok(Exit::Failed);
        }
    };
    let page = arguments
        .out
        .as_ref()
        .map(|folder| report::forecast::write(&forecast, folder));
    let mut text = match arguments.json {
        true => forecast.to_json(),
        false => text(&forecast),
    };
    match &page {
        Some(Ok(path)) if !arguments.json => text += &format!("page   {}\n", path.display()),
        Some(Err(error)) => {
            print_error(&format!("error: {error}"));
        }
        _ => {}
    }
    let written = show(&text) && !matches!(page, Some(Err(_)));
    Ok(Exit::of(&[
        (Exit::Unwritten, !written),
        (Exit::Failed, forecast.exit.is_some()),
    ]))
}

/// Makes the forecast, and shows progress.
fn observed(request: &Request) -> Result<Forecast, Failure> {
    let mut terminal = Terminal::new(Color::Auto, false);
    terminal.begin(0, "steps");
    let forecast = forecast(request, &mut |what| terminal.doing(what));
    terminal.end();
    forecast
}

/// The forecast for a pair of a crate.
///
/// # Errors
///
/// Why there is none.
pub(super) fn of_pair(folder: &Path, name: &str, interpreter: Option<&str>) -> Result<Forecast, String> {
    let workload = declared(folder, name)?.ok_or("the pair was not found")?;
    let python = choose(interpreter).map_err(|error| error.to_string())?;
    let request = Request {
        workload,
        python,
        stdin: None,
        duration: None,
    };
    observed(&request).map_err(|failure| match failure {
        Failure::Refused(message) | Failure::Failed(message) => message,
    })
}

/// Forecasts the Python sides of a suite: a line and a file in the folder for each.
///
/// # Errors
///
/// When there is no such interpreter, or the folder cannot be written.
pub(super) fn of_suite(selected: &[Selected<'_>], options: &Options, folder: &Path) -> Result<Exit, String> {
    let at = |path: &Path, error: std::io::Error| format!("{}: {error}", path.display());
    std::fs::create_dir_all(folder).map_err(|error| at(folder, error))?;
    let named = options.interpreter.first().map(String::as_str);
    let python = choose(named).map_err(|error| error.to_string())?;
    let (mut failed, mut unwritten) = (false, false);
    for entry in selected.iter().map(|selected| selected.entry) {
        let pickle = folder.join(format!("{}.pickle", entry.name));
        let workload = Workload::of_pair(entry, options.seed.unwrap_or(1), &pickle)?;
        let request = Request {
            workload,
            python: python.clone(),
            stdin: None,
            duration: None,
        };
        let outcome = match observed(&request) {
            Ok(forecast) => {
                let path = folder.join(format!("{}.json", entry.name));
                std::fs::write(&path, forecast.to_json()).map_err(|error| at(&path, error))?;
                format!("a port gains {}", forecast.port.band())
            }
            Err(Failure::Refused(why) | Failure::Failed(why)) => {
                failed = true;
                format!("no forecast: {why}")
            }
        };
        let _ = std::fs::remove_file(&pickle);
        unwritten |= !show(&format!("{} {outcome}\n", name_cell(entry.name, 24)));
    }
    Ok(Exit::of(&[(Exit::Unwritten, unwritten), (Exit::Failed, failed)]))
}

fn request(arguments: &Arguments) -> Result<Request, String> {
    if let Some(process) = arguments.pid {
        return Ok(Request {
            workload: Workload::Running { process },
            python: interpreter_of(process, arguments.interpreter.as_deref())?,
            stdin: None,
            duration: arguments.duration,
        });
    }
    let mut interpreter = arguments.interpreter.clone();
    let workload = match (&arguments.workload, arguments.program.as_slice()) {
        (Some(workload), _) => called(workload, arguments)?,
        (None, program) => {
            let (named, arguments) = of_program(program)?;
            interpreter = interpreter.or(named);
            Workload::Program { arguments }
        }
    };
    if let Some(path) = &arguments.stdin
        && let Err(error) = std::fs::File::open(path)
    {
        return Err(format!("--stdin {}: {error}", path.display()));
    }
    let python = choose(interpreter.as_deref()).map_err(|error| error.to_string())?;
    Ok(Request {
        workload,
        python,
        stdin: arguments.stdin.clone(),
        duration: arguments.duration,
    })
}

/// A function if the word can be nothing else, otherwise a statement.
fn called(workload: &str, arguments: &Arguments) -> Result<Workload, String> {
    let is_path = |path: &str| {
        let mut parts = path.split('.');
        parts.all(|part| {
            let begins = part.chars().next().is_some_and(|c| c.is_alphabetic() || c == '_');
            begins && part.chars().all(|c| c.is_alphanumeric() || c == '_')
        })
    };
    let function = workload
        .split_once(':')
        .filter(|(module, name)| is_path(module) && is_path(name));
    match function {
        Some((module, name)) if arguments.setup.is_empty() => Ok(Workload::Function {
            module: module.into(),
            name: name.into(),
            input: arguments.input.clone(),
            whole: false,
            folders: Vec::new(),
        }),
        None if is_path(workload) && arguments.setup.is_empty() && arguments.input.is_none() => {
            let pair = of_a_pair(workload)?;
            Ok(pair.unwrap_or_else(|| Workload::Statement {
                setup: Vec::new(),
                statement: workload.into(),
            }))
        }
        _ if arguments.input.is_some() => Err(format!(
            "--input has calls of a function, and {workload:?} is not one: write it as module:function"
        )),
        _ => Ok(Workload::Statement {
            setup: arguments.setup.clone(),
            statement: workload.into(),
        }),
    }
}

/// The Python side of a pair of this name in the nearest `benches/pairs.rs`; `None` if there is none.
fn of_a_pair(name: &str) -> Result<Option<Workload>, String> {
    let here = std::env::current_dir().unwrap_or_default();
    let mut crates = here
        .ancestors()
        .flat_map(|folder| PLACES.map(|place| folder.join(place)));
    match crates.find(|folder| folder.join(PAIRS).is_file()) {
        Some(folder) => declared(&folder, name),
        None => Ok(None),
    }
}

/// The Python side of a pair of this crate.
fn declared(folder: &Path, name: &str) -> Result<Option<Workload>, String> {
    let file = folder.join(PAIRS);
    let at_file = |why: &str| format!("{}: {why}", file.display());
    let source = std::fs::read_to_string(&file).map_err(|error| at_file(&error.to_string()))?;
    let Ok(chain) = suite::chain_of(&source) else {
        return Ok(None);
    };
    let Some(pair) = chain.pairs.into_iter().find(|pair| pair.name == name) else {
        return Ok(None);
    };
    let function = pair
        .function
        .as_deref()
        .and_then(|function| function.split_once(':'));
    let (module, function) = function.ok_or_else(|| {
        at_file(&format!(
            "the argument of Pair::of for {name} is not a string literal"
        ))
    })?;
    let mut folders = python_folders(folder);
    let module = match module.strip_suffix(".py") {
        Some(beside) => {
            folders.insert(0, folder.join(PAIRS).with_file_name(""));
            beside
        }
        None => module,
    };
    let input = pair.calls.as_ref().or(pair.input_file.as_ref());
    Ok(Some(Workload::Function {
        module: module.into(),
        name: function.into(),
        input: input.map(|input| folder.join(input)),
        whole: pair.calls.is_none(),
        folders,
    }))
}

/// The interpreter at the start of a command line, and what comes after it.
fn of_program(program: &[String]) -> Result<(Option<String>, Vec<String>), String> {
    let (named, rest) = match program {
        [file, ..] if file.ends_with(".py") => (None, program),
        [python, rest @ ..] => (Some(python.clone()), rest),
        [] => return Err("name a program after --".into()),
    };
    let known = |flag: &&String| ["-m", "-c"].contains(&flag.as_str());
    match rest.first() {
        None => Err("name a file, or -m and a module, after the interpreter".into()),
        Some(flag) if flag.starts_with('-') && !known(&flag) => Err(format!(
            "of the interpreter's own options only -m and -c are supported, not {flag}"
        )),
        Some(_) => Ok((named, rest.to_vec())),
    }
}

/// Everything within 80 columns.
fn text(forecast: &Forecast) -> String {
    let mut text = String::new();
    let mut paragraph = |line: &str, first: &str, later: &str| {
        for line in wrap(line, first, later) {
            let _ = writeln!(text, "{line}");
        }
    };
    paragraph(
        &format!("{} on {}", forecast.workload, forecast.interpreter),
        "",
        "  ",
    );
    paragraph(&forecast.time.sentence(), "now  ", "     ");
    for warning in &forecast.warnings {
        paragraph(warning, "warning: ", "  ");
    }
    let answers = forecast.port.answers();
    let answers = answers.map(|(threshold, answer)| format!("over {threshold}×: {}", answer.words()));
    paragraph(&answers.join("; "), "port ", "     ");
    let band = format!("{} {}", forecast.port.band(), forecast.port.conditions());
    paragraph(&band, "     ", "     ");
    let limits = forecast.port.limits.iter();
    let limits: Vec<String> = limits
        .map(|limit| format!("{} {}", percent(limit.share), limit.what))
        .collect();
    paragraph(
        &format!("time of the port: {}", limits.join(", ")),
        "     ",
        "     ",
    );
    text += &functions(forecast);
    text += &candidates(&forecast.candidates);
    let mut paragraph = |line: &str, first: &str| {
        for line in wrap(line, first, "       ") {
            let _ = writeln!(text, "{line}");
        }
    };
    let like: Vec<String> = (forecast.nearest.iter())
        .map(|one| format!("{} {}", one.name, Ratio(one.ratio)))
        .collect();
    paragraph(
        &format!("measured ports of similar work: {}", like.join(", ")),
        "like   ",
    );
    paragraph(&forecast.reasons().join("; "), "trust  ");
    text
}

/// Functions whose share of the time is worth showing.
fn functions(forecast: &Forecast) -> String {
    let mut text = format!("\n{:<50}{:>9}{:>16}\n", "function", "own", "with its calls");
    for function in forecast.time.worth_seeing() {
        let (own, total) = (percent(function.own), percent(function.total));
        let _ = writeln!(text, "{}{own:>9}{total:>16}", name_cell(&function.name, 50));
    }
    text + "\n"
}

fn candidates(candidates: &[Candidate]) -> String {
    if candidates.is_empty() {
        return "no single function takes enough of the time for a step before a port\n\n".into();
    }
    let mut text = format!(
        "{:<38}{:>10}{:>16}{:>12}\n",
        "in place of, with all it calls", "gains", "", "at most"
    );
    for one in candidates {
        let _ = writeln!(
            text,
            "{}{}{}{}",
            name_cell(&one.function, 38),
            right(&about(one.gain), 10),
            right(&ends(one.low, Some(one.high)), 16),
            right(&about(one.ceiling), 12)
        );
        for line in wrap(&one.sentence(), "  → ", "    ") {
            let _ = writeln!(text, "{line}");
        }
    }
    text + "\n"
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> Vec<String> {
        text.split(' ').map(Into::into).collect()
    }

    #[test]
    fn a_program_starts_with_its_interpreter_or_is_a_file() {
        let of = |text| of_program(&words(text));
        assert_eq!(
            of("python3.9 -m shop x"),
            Ok((Some("python3.9".into()), words("-m shop x")))
        );
        assert_eq!(of("tool.py --fast"), Ok((None, words("tool.py --fast"))));
        assert!(of("python").unwrap_err().contains("-m"));
        assert!(of("python -O x.py").unwrap_err().contains("-O"));
    }
}
