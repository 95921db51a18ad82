//! `pairbench interpreters`, on made-up users with fakes and with real interpreters, and on this machine as it is.
#![cfg(all(feature = "harness", unix))]
#![allow(missing_docs)]

mod user;

use pairbench::hosts::interpreter::{Python, choose};
use serde_json::Value;
use std::io::Write;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use user::{Discovered, User, text};

/// An interpreter of this machine that is not a virtual environment.
fn real() -> Python {
    let chosen = choose(None).unwrap();
    match &chosen.about.base {
        Some(base) => choose(Some(base)).unwrap(),
        None => chosen,
    }
}

fn real_file() -> PathBuf {
    PathBuf::from(real().about.executable).canonicalize().unwrap()
}

#[test]
fn fakes_are_left_out_each_with_its_reason() {
    let user = User::new();
    let crashes = user.script("bin/python3.10", "echo out of luck >&2; kill -ABRT $$");
    let fails = user.script("bin/python3.11", "exit 3");
    let nonsense = user.script("bin/python3.12", "echo Welcome to the jungle");
    let old = user.script(
        "bin/python3.7",
        "echo '{}'".replace("{}", &answer("3.7.1")).as_str(),
    );
    let liar = user.script(
        "bin/python3.13",
        "echo '{}'".replace("{}", &answer("3.13.0")).as_str(),
    );
    let locked = user.script("bin/python3.9", "exit 0");
    std::fs::set_permissions(&locked, std::fs::Permissions::from_mode(0o644)).unwrap();
    let dangling = user.link("bin/python3", Path::new("/nowhere/python3"));
    let discovered = user.discover();
    let kind = |path: &Path| discovered.reason(path)["kind"].as_str().unwrap();
    let detail = |path: &Path, key: &str| discovered.reason(path)[key].as_str().unwrap();
    assert_eq!(kind(&crashes), "ended");
    assert!(detail(&crashes, "how").contains("signal 6"));
    assert_eq!(kind(&fails), "ended");
    assert!(detail(&fails, "how").contains("exit code 3"));
    assert_eq!(
        (kind(&nonsense), detail(&nonsense, "said")),
        ("nonsense", "Welcome to the jungle")
    );
    assert_eq!((kind(&old), detail(&old, "version")), ("too_old", "3.7.1"));
    assert_eq!(kind(&liar), "nonsense");
    assert!(detail(&liar, "said").contains("did not run the program"));
    assert_eq!(kind(&locked), "not_executable");
    assert_eq!(kind(&dangling), "dangling_link");
    let inside = discovered.found().iter().any(|found| {
        let executable = found["about"]["executable"].as_str().unwrap();
        executable.starts_with(text(&user.home))
    });
    assert!(!inside, "{:#?}", discovered.found());
}

/// The output of a script that always prints the same description.
fn answer(version: &str) -> String {
    let mut about = real().about;
    about.version = version.into();
    about.config_args.clear();
    about.cflags.clear();
    let mut answer = serde_json::to_value(about).unwrap();
    answer["ext_suffix"] = ".so".into();
    answer.to_string()
}

#[test]
fn one_that_hangs_is_left_out_and_nothing_waits_for_it() {
    let user = User::new();
    let hangs = user.script("bin/python3", "exec /bin/sleep 600");
    // Real ones may miss such a short limit on a busy machine; this test is not about them.
    let discovered = Discovered::of(&user.run(&["--json", "--timeout", "500ms"]));
    assert_eq!(discovered.reason(&hangs)["kind"], "silent");
    assert_eq!(discovered.reason(&hangs)["limit_ms"], 500);
}

#[test]
fn links_and_wrappers_are_the_same_as_what_they_lead_to() {
    let (mut user, real) = (User::new(), real());
    let file = real_file();
    let link = user.link("bin/python3", &file);
    let again = user.link("tools/versions/mine/bin/python3.9", &file);
    let wrapper = user.script("bin/python3.10", &format!("exec {} \"$@\"", file.display()));
    user.variables.insert("PYENV_ROOT", user.at("tools"));
    let discovered = user.discover();
    let with_prefix = discovered.with_prefix(&real.prefix);
    let [found] = with_prefix.as_slice() else {
        panic!("{with_prefix:#?}");
    };
    assert_eq!(found["about"]["executable"], text(&file));
    assert_eq!(found["about"]["version"], real.about.version);
    for name in [&link, &again, &wrapper] {
        assert_eq!(
            discovered.reason(name),
            &serde_json::json!({"kind": "same", "as": text(&file)})
        );
    }
    for place in ["path", "pyenv"] {
        assert!(
            found["places"].as_array().unwrap().contains(&place.into()),
            "{found:#}"
        );
    }
}

#[test]
fn environments_are_listed_apart_with_their_interpreter() {
    let (mut user, file) = (User::new(), real_file());
    let environments = [
        user.at("project/.venv"),
        user.at("project/deep/venv"),
        user.at("active"),
    ];
    for (prefix, more) in environments.iter().zip([None, Some("--copies"), None]) {
        let mut command = Command::new(&file);
        let made = command
            .args(["-m", "venv", "--without-pip"])
            .args(more)
            .arg(prefix)
            .status()
            .unwrap();
        assert!(
            made.success(),
            "is the module venv installed for {}?",
            file.display()
        );
    }
    user.variables.insert("VIRTUAL_ENV", environments[2].clone());
    let discovered = user.discover();
    for (prefix, place) in environments.iter().zip(["nearby", "nearby", "active"]) {
        let with_prefix = discovered.with_prefix(prefix);
        let [found] = with_prefix.as_slice() else {
            panic!("{}: {with_prefix:#?}", prefix.display());
        };
        assert!(
            found["places"].as_array().unwrap().contains(&place.into()),
            "{found:#}"
        );
        assert_eq!(found["about"]["virtual_env"], true);
        let base = found["about"]["base"].as_str().unwrap();
        assert_eq!(Path::new(base).canonicalize().unwrap(), file);
        // The base is in the list, too, whether or not anything else led to it.
        let is_base = |other: &&Value| other["about"]["executable"] == base;
        assert_eq!(discovered.found().iter().filter(is_base).count(), 1);
    }
}

#[test]
fn modules_in_the_working_folder_do_no_harm() {
    let (user, file) = (User::new(), real_file());
    user.link("bin/python3", &file);
    for module in ["json.py", "platform.py", "os.py"] {
        std::fs::write(user.at("project/deep").join(module), "raise SystemExit(9)").unwrap();
    }
    assert_eq!(user.discover().with_prefix(&real().prefix).len(), 1);
}

#[test]
fn the_table_keeps_to_80_columns_and_has_everything() {
    let (user, file) = (User::new(), real_file());
    let version = real().about.version;
    user.link("bin/python3", &file);
    user.script(
        "bin/python3.12",
        "echo a rather long text that says very little and never seems to come to an end",
    );
    let output = user.run(&["--timeout", "60s"]);
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let text = String::from_utf8(output.stdout).unwrap();
    for line in text.lines().filter(|line| !line.contains('/')) {
        assert!(line.chars().count() <= 80, "{line}");
    }
    for words in [
        format!("CPython {version}").as_str(),
        "native extension",
        "left out",
        "the same as one above",
        "~/bin/python3 = ",
        "answers nonsense (a rather long text",
        "~/bin/python3.12",
    ] {
        assert!(text.contains(words), "{words:?} is not in\n{text}");
    }
    // The interpreter that is linked in, if there is one.
    assert_eq!(text.contains("default"), cfg!(feature = "embed"), "{text}");
}

/// Interpreters known to be installed here are found, with their known properties.
#[test]
fn the_interpreters_of_this_machine() {
    let mut command = Command::new(env!("CARGO_BIN_EXE_pairbench"));
    let output = command
        .args(["interpreters", "--json", "--timeout", "60s"])
        .output()
        .unwrap();
    let discovered = Discovered::of(&output);
    let mut expected: Vec<PathBuf> = vec![real_file()];
    for version in [
        "3.8", "3.9", "3.10", "3.11", "3.12", "3.13", "3.14", "3.14t", "3.15", "3.15t",
    ] {
        match of_pyenv(version) {
            Some(file) => expected.push(file),
            None => skipped(&format!("no CPython {version} of pyenv")),
        }
    }
    // On macOS it is a stub, which starts another.
    let of_system: &[&str] = if cfg!(target_os = "linux") {
        &["python3", "pypy3", "graalpy"]
    } else {
        &[]
    };
    for name in of_system {
        match Path::new("/usr/bin").join(name).canonicalize() {
            Ok(file) => expected.push(file),
            Err(_) => skipped(&format!("no /usr/bin/{name}")),
        }
    }
    let executables: Vec<PathBuf> = discovered
        .found()
        .iter()
        .map(|found| PathBuf::from(found["about"]["executable"].as_str().unwrap()))
        .collect();
    for file in &expected {
        let same = executables.iter().filter(|path| *path == file).count();
        assert_eq!(same, 1, "{} is not once in {executables:#?}", file.display());
    }
    for found in discovered.found() {
        let about = &found["about"];
        let (version, minor) = (about["version"].as_str().unwrap(), minor_of(about));
        assert!(minor >= 8, "{about}");
        // The folders of pyenv are named by what is in them; `3.14-dev` is not a version.
        let executable = about["executable"].as_str().unwrap();
        if let Some((_, rest)) = executable.split_once("/.pyenv/versions/") {
            let folder = rest.split('/').next().unwrap().trim_end_matches('t');
            let named = folder.chars().all(|c| c.is_ascii_digit() || c == '.');
            assert!(!named || folder == version, "{about}");
        }
        if about["implementation"] == "CPython" && about["free_threaded"] == false {
            assert_eq!(
                found["unbuildable"].is_null(),
                (9..=15).contains(&minor),
                "{found}"
            );
        }
    }
}

fn minor_of(about: &Value) -> u32 {
    let version = about["version"].as_str().unwrap();
    version.split('.').nth(1).unwrap().parse().unwrap()
}

/// The executable of the first `3.N.…` that pyenv has.
fn of_pyenv(version: &str) -> Option<PathBuf> {
    let root = std::env::var_os("PYENV_ROOT").map(PathBuf::from);
    let root = root.or_else(|| Some(std::env::home_dir()?.join(".pyenv")))?;
    let number = version.trim_end_matches('t');
    let wanted = |name: &str| {
        let patch = name.strip_prefix(number).and_then(|rest| rest.strip_prefix('.'));
        patch.is_some_and(|patch| patch.ends_with('t') == version.ends_with('t'))
    };
    let mut folders = std::fs::read_dir(root.join("versions")).ok()?.flatten();
    let folder = folders.find(|folder| wanted(&folder.file_name().to_string_lossy()))?;
    folder
        .path()
        .join("bin")
        .join(format!("python{version}"))
        .canonicalize()
        .ok()
}

/// Writes straight to the terminal: `eprintln!` output of a test that passes is not shown.
fn skipped(why: &str) {
    let _ = writeln!(std::io::stderr(), "SKIPPED: {why}");
}
