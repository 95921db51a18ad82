//! `pairbench interpreters`: the Pythons on this machine, and which files that look like one are not used and why.

use crate::hosts::discovery::{Discovery, Found, LeftOut, Reason, Surroundings, everywhere};
use crate::hosts::interpreter::{Interpreter, Jit};
use crate::run::duration;
use crate::run::exit::{Exit, HELP_OF_TOOL};
use crate::terminal::show;
use crate::text::{count, wrap};
use clap::Args;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{MAIN_SEPARATOR, Path, PathBuf};
use std::time::Duration;

const WIDTH: usize = 80;

/// The arguments of `interpreters`.
#[derive(Debug, Args)]
#[command(after_help = HELP_OF_TOOL)]
pub(super) struct Arguments {
    /// Write JSON, for other programs
    #[arg(long)]
    json: bool,
    /// Time limit for identifying one interpreter
    #[arg(long, value_name = "TIME", default_value = "5s", value_parser = duration)]
    timeout: Duration,
}

/// Searches, and prints what it finds. The exit code is 1 if nothing was found.
pub(super) fn main(arguments: &Arguments) -> Exit {
    let surroundings = Surroundings::of_this_process();
    let discovery = everywhere(&surroundings, arguments.timeout);
    let text = match arguments.json {
        true => serde_json::to_string_pretty(&discovery).expect("names, numbers and texts") + "\n",
        false => table(&discovery, surroundings.home.as_deref()),
    };
    let written = show(&text);
    Exit::of(&[
        (Exit::Unwritten, !written),
        (Exit::Failed, discovery.found.is_empty()),
    ])
}

/// Everything within 80 columns, except for paths that are longer: nobody can use half of one.
fn table(discovery: &Discovery, home: Option<&Path>) -> String {
    let mut text = String::new();
    let columns = ["python", "native extension", "found in"];
    let _ = writeln!(text, "{:<24}{:<18}{}", columns[0], columns[1], columns[2]);
    let _ = writeln!(text, "{}", "─".repeat(WIDTH));
    for found in &discovery.found {
        interpreter(&mut text, found, home);
    }
    if discovery.found.is_empty() {
        let _ = writeln!(text, "none; name one: cargo bench -- --interpreter PATH");
    }
    let _ = writeln!(text, "{}", "─".repeat(WIDTH));
    let _ = writeln!(
        text,
        "{} in {:.1} s",
        count(discovery.found.len(), "interpreter"),
        discovery.seconds
    );
    left_out(&mut text, &discovery.left_out, home);
    text
}

fn interpreter(text: &mut String, found: &Found, home: Option<&Path>) {
    let about = &found.python.about;
    let name = format!("{} {}", about.implementation, about.version);
    let can = if found.unbuildable.is_none() { "yes" } else { "no" };
    let places: Vec<String> = found.places.iter().map(ToString::to_string).collect();
    let head = format!("{name:<23} {can:<18}");
    write_paragraph(text, &head, &places.join(", "), 42);
    let _ = writeln!(text, "  {}", short(Path::new(&about.executable), home));
    if about.virtual_env {
        let base = about.base.as_ref().map(|base| short(Path::new(base), home));
        let base = base.unwrap_or_else(|| "an interpreter that is gone".into());
        let _ = writeln!(text, "  virtual environment of {base}");
    } else {
        write_paragraph(text, "  ", &build(about), 2);
    }
    if let Some(why) = &found.unbuildable {
        write_paragraph(text, "  ", &format!("no native extension: {why}"), 2);
    }
}

/// How it was built, as far as that is known.
fn build(about: &Interpreter) -> String {
    let known = |value: Option<bool>, yes: &str, no: &str, unknown: &str| match value {
        Some(true) => yes.to_string(),
        Some(false) => no.to_string(),
        None => unknown.to_string(),
    };
    let mut words = Vec::new();
    if let Some(release) = &about.release {
        words.push(format!("{} {release}", about.implementation));
    }
    if about.free_threaded == Some(true) {
        words.push("free-threaded".into());
        words.push(known(about.gil, "GIL on", "GIL off", "GIL unknown"));
    }
    match about.jit {
        Some(Jit::On) => words.push("JIT on".into()),
        Some(Jit::Off) => words.push("JIT off".into()),
        Some(Jit::Absent) | None => {}
    }
    if about.debug == Some(true) {
        words.push("debug build".into());
    }
    if about.implementation == "CPython" {
        let unknown = "not known whether optimised";
        words.push(known(about.optimized, "optimised", "not optimised", unknown));
        let unknown = "not known whether it loads libpython";
        words.push(known(
            about.loads_libpython,
            "loads libpython",
            "does not load libpython",
            unknown,
        ));
    }
    words.join(", ")
}

/// Those that are not used, by reason and folder.
fn left_out(text: &mut String, all: &[LeftOut], home: Option<&Path>) {
    if all.is_empty() {
        return;
    }
    let mut by_reason: BTreeMap<&Reason, BTreeMap<&Path, Vec<String>>> = BTreeMap::new();
    for left_out in all {
        let (Some(folder), Some(name)) = (left_out.path.parent(), left_out.path.file_name()) else {
            continue;
        };
        let names = by_reason
            .entry(&left_out.reason)
            .or_default()
            .entry(folder)
            .or_default();
        let name = name.to_string_lossy().into_owned();
        if !names.contains(&name) {
            names.push(name);
        }
    }
    let _ = writeln!(text, "\nleft out");
    let is_same = |reason: &Reason| matches!(reason, Reason::Same { .. });
    if by_reason.keys().any(|reason| is_same(reason)) {
        let _ = writeln!(text, "  the same as one above:");
    }
    for (reason, folders) in by_reason {
        if !is_same(reason) {
            write_paragraph(text, "  ", &format!("{reason}:"), 2);
        }
        for (folder, names) in folders {
            let mut line = files(folder, &names, home);
            if let Reason::Same { other } = reason {
                line = format!("{line} = {}", from(folder, Path::new(other), home));
            }
            write_paragraph(text, "    ", &line, 6);
        }
    }
}

/// The files of one folder.
fn files(folder: &Path, names: &[String], home: Option<&Path>) -> String {
    match names {
        [name] => short(&folder.join(name), home),
        names => format!("{}{MAIN_SEPARATOR} {}", short(folder, home), names.join(" ")),
    }
}

/// A path relative to a folder, if below it.
fn from(folder: &Path, path: &Path, home: Option<&Path>) -> String {
    match path.strip_prefix(folder) {
        Ok(name) => name.display().to_string(),
        Err(_) => short(path, home),
    }
}

/// The user's own folder is `~`.
fn short(path: &Path, home: Option<&Path>) -> String {
    let below = home.and_then(|home| path.strip_prefix(home).ok());
    match below {
        Some(below) => PathBuf::from("~").join(below).display().to_string(),
        None => path.display().to_string(),
    }
}

/// Words after a prefix, on as many lines as they take; further lines are indented.
fn write_paragraph(text: &mut String, beginning: &str, words: &str, indent: usize) {
    for line in wrap(words, beginning, &" ".repeat(indent)) {
        let _ = writeln!(text, "{line}");
    }
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;
    use crate::hosts::Refusal;
    use crate::hosts::buildable::buildable;
    use crate::hosts::discovery::Place;
    use crate::hosts::interpreter::Python;

    fn found(about: Interpreter, places: &[Place]) -> Found {
        Found {
            unbuildable: buildable(&about).err(),
            python: Python {
                about,
                ext_suffix: ".so".into(),
                prefix: "/opt".into(),
                ..Python::default()
            },
            places: places.to_vec(),
        }
    }

    fn cpython(version: &str, executable: &str) -> Interpreter {
        Interpreter {
            implementation: "CPython".into(),
            version: version.into(),
            executable: executable.into(),
            optimized: Some(true),
            loads_libpython: Some(false),
            gil: Some(true),
            free_threaded: Some(false),
            jit: Some(Jit::Absent),
            ..Interpreter::default()
        }
    }

    fn left_out(path: &str, reason: Reason) -> LeftOut {
        LeftOut {
            path: path.into(),
            place: Place::Path,
            reason,
        }
    }

    fn shown(found: Vec<Found>, left_out: Vec<LeftOut>) -> String {
        let discovery = Discovery {
            seconds: 0.25,
            found,
            left_out,
        };
        let text = table(&discovery, Some(Path::new("/home/me")));
        // A path alone may be longer.
        for line in text.lines().filter(|line| line.trim().contains(' ')) {
            assert!(line.chars().count() <= WIDTH, "{line}");
        }
        text
    }

    #[test]
    fn every_kind_of_build_is_named() {
        let mut free_threaded = cpython("3.13.0", "/home/me/.local/bin/python3.13t");
        (free_threaded.free_threaded, free_threaded.gil) = (Some(true), Some(false));
        let mut jit = cpython("3.14.2", "/opt/python3.14");
        (jit.jit, jit.optimized, jit.loads_libpython) = (Some(Jit::On), None, None);
        jit.debug = Some(true);
        let mut pypy = cpython("3.11.11", "/opt/pypy3.11");
        (pypy.implementation, pypy.release) = ("PyPy".into(), Some("7.3.19".into()));
        pypy.jit = Some(Jit::On);
        let mut environment = cpython("3.14.2", "/home/me/project/.venv/bin/python");
        (environment.virtual_env, environment.base) = (true, Some("/opt/python3.14".into()));
        let text = shown(
            vec![
                found(free_threaded, &[Place::Uv]),
                found(
                    jit,
                    &[
                        Place::Default,
                        Place::Active,
                        Place::Path,
                        Place::Conda,
                        Place::Base,
                    ],
                ),
                found(environment, &[Place::Nearby]),
                found(pypy, &[Place::Pyenv]),
            ],
            Vec::new(),
        );
        for words in [
            "CPython 3.13.0          no                uv\n  ~/.local/bin/python3.13t\n  free-threaded, GIL off, \
             optimised, does not load libpython\n  no native extension: PyO3 builds for free-threaded CPython from 3.14 \
             on\n",
            "  JIT on, debug build, not known whether optimised, not known whether it loads\n  libpython\n",
            "default, active environment, PATH,\n",
            "  ~/project/.venv/bin/python\n  virtual environment of /opt/python3.14\n",
            "PyPy 3.11.11            yes               pyenv\n  /opt/pypy3.11\n  PyPy 7.3.19, JIT on\n",
            "\n4 interpreters in 0.2 s\n",
        ] {
            assert!(text.contains(words), "{words:?} is not in\n{text}");
        }
        assert!(!text.contains("left out"), "{text}");
    }

    #[test]
    fn what_is_left_out_is_grouped_by_reason_and_folder() {
        let same = |path: &str| {
            let other = "/home/me/.pyenv/versions/3.9.18/bin/python3.9".into();
            left_out(path, Reason::Same { other })
        };
        let silent = Refusal::Silent { limit_ms: 5000 };
        let text = shown(
            vec![found(
                cpython("3.9.18", "/home/me/.pyenv/versions/3.9.18/bin/python3.9"),
                &[Place::Pyenv],
            )],
            vec![
                same("/home/me/.pyenv/versions/3.9.18/bin/python"),
                same("/home/me/.pyenv/versions/3.9.18/bin/python3"),
                same("/usr/local/bin/python3"),
                left_out("/usr/local/bin/python3.10", Reason::Refused(silent)),
                left_out("/usr/local/bin/python3.11", Reason::DanglingLink),
            ],
        );
        for words in [
            "1 interpreter in",
            "\nleft out\n  the same as one above:\n    ~/.pyenv/versions/3.9.18/bin/ python python3 = python3.9\n    \
             /usr/local/bin/python3 = ~/.pyenv/versions/3.9.18/bin/python3.9\n",
            "  a link to nothing:\n    /usr/local/bin/python3.11\n",
            "  does not answer within 5 s:\n    /usr/local/bin/python3.10\n",
        ] {
            assert!(text.contains(words), "{words:?} is not in\n{text}");
        }
    }

    #[test]
    fn without_interpreters_the_next_step_is_shown() {
        assert!(shown(Vec::new(), Vec::new()).contains("--interpreter PATH"));
    }
}
