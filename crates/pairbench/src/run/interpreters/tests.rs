//! Made-up discoveries, on real files if links matter.

use super::*;
use crate::hosts::discovery::Place;
use crate::hosts::interpreter::{Interpreter, Jit};

fn found(version: &str, free_threaded: bool) -> Found {
    Found {
        python: Python {
            about: Interpreter {
                executable: format!("/opt/{version}/bin/python3"),
                implementation: "CPython".into(),
                version: version.into(),
                free_threaded: Some(free_threaded),
                ..Interpreter::default()
            },
            ext_suffix: ".so".into(),
            prefix: format!("/opt/{version}").into(),
            ..Python::default()
        },
        places: Vec::new(),
        unbuildable: None,
    }
}

#[test]
fn a_command_names_an_implementation_and_a_version() {
    let free = Name::of("python3.13t").unwrap();
    assert_eq!(
        (free.implementation, free.language, free.free_threaded),
        ("CPython", (3, 13), true)
    );
    assert_eq!(Name::of("pypy3.11").unwrap().implementation, "PyPy");
    for other in [
        "python",
        "python3",
        "/usr/bin/python3.9",
        "ruby3.1",
        "python3.x",
        "all",
    ] {
        assert_eq!(Name::of(other), None, "{other}");
    }
}

#[test]
fn a_name_finds_the_newest_release_of_its_version_and_build() {
    let all = [
        found("3.12.1", false),
        found("3.12.7", false),
        found("3.13.0", true),
    ];
    let version = |command: &str| {
        let python = Name::of(command).unwrap().among(&all);
        python.map(|python| python.about.version)
    };
    assert_eq!(version("python3.12").as_deref(), Some("3.12.7"));
    assert_eq!(version("python3.13t").as_deref(), Some("3.13.0"));
    assert_eq!(version("python3.13"), None);
    assert_eq!(version("pypy3.12"), None);
}

fn python(executable: impl Into<PathBuf>) -> Python {
    let executable = executable.into();
    let mut python = found("3.11.7", false).python;
    python.prefix = executable.parent().unwrap().parent().unwrap().into();
    python.about.executable = executable.display().to_string();
    python
}

fn environment(executable: &str, base: &str) -> Python {
    let mut python = python(executable);
    python.about.virtual_env = true;
    python.about.base = Some(base.into());
    python
}

fn left_out(path: &str, reason: Reason) -> LeftOut {
    LeftOut {
        path: path.into(),
        place: Place::Path,
        reason,
    }
}

fn discovery(pythons: &[&Python], left_out: Vec<LeftOut>) -> Discovery {
    let found = pythons.iter().map(|python| Found {
        python: (*python).clone(),
        places: Vec::new(),
        unbuildable: None,
    });
    Discovery {
        seconds: 0.1,
        found: found.collect(),
        left_out,
    }
}

fn executables(chosen: &ChosenInterpreters) -> Vec<&str> {
    let all = chosen.pythons.iter();
    all.map(|python| python.about.executable.as_str()).collect()
}

fn all(discovery: Discovery, plain: Option<Python>) -> ChosenInterpreters {
    let mut chosen = ChosenInterpreters::default();
    chosen.add_all(discovery, plain);
    chosen
}

#[test]
fn the_default_comes_first_and_the_others_in_order_of_discovery() {
    let [old, plain, new] = ["/a/bin/python3", "/b/bin/python3", "/c/bin/python3"].map(python);
    let found = discovery(&[&old, &plain, &new], Vec::new());
    let chosen = all(found.clone(), Some(plain));
    assert_eq!(
        executables(&chosen),
        ["/b/bin/python3", "/a/bin/python3", "/c/bin/python3"]
    );
    assert_eq!(chosen.missing, []);
    let chosen = all(found, None);
    assert_eq!(executables(&chosen)[0], "/a/bin/python3");
}

#[test]
fn an_active_environment_takes_the_place_of_its_base_and_others_are_left_out() {
    let (base, other) = (python("/a/bin/python3"), python("/b/bin/python3"));
    let active = environment("/active/bin/python", "/a/bin/python3");
    let idle = environment("/idle/bin/python", "/a/bin/python3");
    let found = discovery(&[&base, &active, &idle, &other], Vec::new());
    let chosen = all(found.clone(), Some(active.clone()));
    assert_eq!(executables(&chosen), ["/active/bin/python", "/b/bin/python3"]);
    // No environment is active.
    let chosen = all(found.clone(), Some(base.clone()));
    assert_eq!(executables(&chosen), ["/a/bin/python3", "/b/bin/python3"]);
    // Both were named before: they differ in their modules.
    let mut chosen = ChosenInterpreters::default();
    assert!(chosen.add(idle) && chosen.add(base));
    chosen.add_all(found, Some(active));
    assert_eq!(
        executables(&chosen),
        [
            "/idle/bin/python",
            "/a/bin/python3",
            "/active/bin/python",
            "/b/bin/python3"
        ]
    );
}

#[test]
fn an_interpreter_too_slow_for_discovery_is_still_measured() {
    let (plain, other) = (python("/slow/bin/python3"), python("/b/bin/python3"));
    let silent = || Reason::Refused(Refusal::Silent { limit_ms: 5000 });
    let left_out = vec![
        left_out("/slow/bin/python3", silent()),
        left_out("/hangs/bin/python3", silent()),
    ];
    let chosen = all(discovery(&[&other], left_out), Some(plain));
    assert_eq!(executables(&chosen), ["/slow/bin/python3", "/b/bin/python3"]);
    let [missing] = chosen.missing.as_slice() else {
        panic!("{:?}", chosen.missing);
    };
    assert_eq!(missing.asked, "/hangs/bin/python3");
    assert!(missing.reason.contains("within 5 s"), "{}", missing.reason);
}

#[test]
fn only_interpreters_that_somebody_may_expect_are_missing() {
    let refusals = [
        Refusal::TooOld {
            version: "3.7.16".into(),
        },
        Refusal::Missing,
        Refusal::NotExecutable,
        Refusal::Nonsense {
            output: "hello".into(),
        },
    ];
    let mut out: Vec<LeftOut> = (0..)
        .zip(refusals)
        .map(|(at, refusal)| left_out(&format!("/{at}/bin/python3"), Reason::Refused(refusal)))
        .collect();
    out.push(left_out("/shims/python3", Reason::PyenvShim));
    out.push(left_out("/gone/python3", Reason::DanglingLink));
    let other = "/a/bin/python3".to_string();
    out.push(left_out("/bin/python", Reason::Same { other }));
    let chosen = all(discovery(&[], out), None);
    let missing: Vec<&str> = chosen.missing.iter().map(|one| one.asked.as_str()).collect();
    assert_eq!(missing, ["/3/bin/python3"]);
}

#[cfg(unix)]
#[test]
fn a_link_counts_as_its_target() {
    let folder = tempfile::tempdir().unwrap();
    let at = |path: &str| folder.path().canonicalize().unwrap().join(path);
    for below in ["a/bin", "b/bin", "links"] {
        std::fs::create_dir_all(at(below)).unwrap();
    }
    for file in ["a/bin/python3.11", "b/bin/python3"] {
        std::fs::write(at(file), "").unwrap();
    }
    std::os::unix::fs::symlink(at("a/bin/python3.11"), at("links/python3")).unwrap();
    std::os::unix::fs::symlink(at("b/bin/python3"), at("links/python3.9")).unwrap();
    let (found, mut by_link) = (python(at("a/bin/python3.11")), python(at("links/python3")));
    by_link.prefix = found.prefix.clone();
    let mut chosen = ChosenInterpreters::default();
    assert!(chosen.add(by_link.clone()));
    assert!(!chosen.add(found.clone()));
    assert_eq!(chosen.pythons.len(), 1);
    // Discovery found the file, the user named the link; an environment may also have the link as its base.
    let other = python(at("c/bin/python3"));
    let both = discovery(&[&other, &found], Vec::new());
    let chosen = all(both.clone(), Some(by_link));
    assert_eq!(chosen.pythons, [found.clone(), other.clone()]);
    let link = at("links/python3").display().to_string();
    let active = environment("/active/bin/python", &link);
    let chosen = all(both, Some(active.clone()));
    assert_eq!(chosen.pythons, [active, other]);
    // A file that answers nonsense is shown once, however many names it has.
    let nonsense = |path: PathBuf| {
        let output = "hello".into();
        left_out(
            path.to_str().unwrap(),
            Reason::Refused(Refusal::Nonsense { output }),
        )
    };
    let names = vec![nonsense(at("links/python3.9")), nonsense(at("b/bin/python3"))];
    assert_eq!(all(discovery(&[&found], names), None).missing.len(), 1);
}

#[test]
fn an_executable_with_and_without_its_jit_counts_as_two() {
    let plain = python("/usr/bin/python3.15");
    let mut wrapped = plain.clone();
    wrapped.about.jit = Some(Jit::On);
    let mut chosen = ChosenInterpreters::default();
    assert!(chosen.add(plain.clone()) && chosen.add(wrapped.clone()));
    assert!(!chosen.add(plain) && !chosen.add(wrapped));
}

#[test]
fn an_interpreter_missing_twice_is_shown_once() {
    let mut chosen = ChosenInterpreters::default();
    chosen.miss("/nowhere/python3".into(), "gone".into(), true);
    chosen.miss("/nowhere/python3".into(), "gone".into(), true);
    assert_eq!(chosen.missing.len(), 1);
}
