//! Made-up machines: which files are seen, and which of them are the same. Nothing is started here.

mod machine;

use super::*;
use machine::Machine;

#[test]
fn names_of_interpreters() {
    for name in [
        "python",
        "python3",
        "python3.8",
        "python3.14t",
        "python3.13td",
        "python3.11d",
        "python3.11-dbg",
        "pypy3",
        "pypy3.10",
        "pypy",
        "graalpy",
        "python3.7m",
        "python.exe",
        "python3.12-intel64",
    ] {
        assert!(places::is_named_as_python(Path::new(name)), "{name}");
    }
    for name in [
        "python2",
        "python2.7",
        "pythonw.exe",
        "python3-config",
        "python3.11-config",
        "python-argcomplete-tcsh",
        "ipython3",
        "python3.11-gdb.py",
        "pypy3clean",
        "python3.x",
        "",
        "python33.dll",
    ] {
        assert!(!places::is_named_as_python(Path::new(name)), "{name}");
    }
}

#[test]
fn folders_of_the_path() {
    let mut machine = Machine::new(&[
        "a/python3",
        "a/pip3",
        "b/pypy3",
        "b/python3/no_file",
        "c/python3.13t",
    ]);
    machine.set("PATH", &["b", "nowhere", "a", "c"]);
    assert_eq!(
        machine.seen(Place::Path),
        ["b/pypy3", "a/python3", "c/python3.13t"]
    );
}

#[test]
fn versions_of_tools_at_their_usual_places() {
    let machine = Machine::new(&[
        "home/.pyenv/versions/3.12.1/bin/python3.12",
        "home/.pyenv/versions/pypy3.10-7.3.17/bin/pypy3.10",
        "home/.local/share/uv/python/cpython-3.14.0+freethreaded-linux/bin/python3.14t",
        "home/.local/share/uv/python/.temp/bin/python3",
        "home/.asdf/installs/python/3.9.18/bin/python3.9",
        "home/.local/share/mise/installs/python/3.11.4/bin/python3.11",
        "home/miniconda3/bin/python3.11",
        "home/miniconda3/envs/science/bin/python3.10",
        "elsewhere/env/bin/python3.8",
    ]);
    let noted = format!("\n{}\nno/absolute/path\n", machine.at("elsewhere/env").display());
    std::fs::create_dir_all(machine.at("home/.conda")).unwrap();
    std::fs::write(machine.at("home/.conda/environments.txt"), noted).unwrap();
    let versions = "home/.pyenv/versions";
    assert_eq!(
        machine.seen(Place::Pyenv),
        [
            format!("{versions}/3.12.1/bin/python3.12"),
            format!("{versions}/pypy3.10-7.3.17/bin/pypy3.10")
        ]
    );
    assert_eq!(
        machine.seen(Place::Uv),
        ["home/.local/share/uv/python/cpython-3.14.0+freethreaded-linux/bin/python3.14t"]
    );
    assert_eq!(
        machine.seen(Place::Asdf),
        ["home/.asdf/installs/python/3.9.18/bin/python3.9"]
    );
    assert_eq!(
        machine.seen(Place::Mise),
        ["home/.local/share/mise/installs/python/3.11.4/bin/python3.11"]
    );
    assert_eq!(
        machine.seen(Place::Conda),
        [
            "home/miniconda3/bin/python3.11",
            "home/miniconda3/envs/science/bin/python3.10",
            "elsewhere/env/bin/python3.8"
        ]
    );
}

#[test]
fn variables_that_name_other_places() {
    let mut machine = Machine::new(&[
        "one/versions/3.12.1/bin/python3.12",
        "two/cpython-3.13/bin/python3.13",
        "three/bin/python3.9",
        "four/bin/python3.10",
        "home/.pyenv/versions/3.8.0/bin/python3.8",
    ]);
    machine.set("PYENV_ROOT", &["one"]);
    machine.set("UV_PYTHON_INSTALL_DIR", &["two"]);
    machine.set("CONDA_PREFIX", &["three"]);
    machine.set("VIRTUAL_ENV", &["four"]);
    assert_eq!(machine.seen(Place::Pyenv), ["one/versions/3.12.1/bin/python3.12"]);
    assert_eq!(machine.seen(Place::Uv), ["two/cpython-3.13/bin/python3.13"]);
    assert_eq!(machine.seen(Place::Conda), ["three/bin/python3.9"]);
    assert_eq!(machine.seen(Place::Active), ["four/bin/python3.10"]);
    machine
        .surroundings
        .variables
        .insert("PYENV_ROOT".into(), "".into());
    assert_eq!(
        machine.seen(Place::Pyenv),
        ["home/.pyenv/versions/3.8.0/bin/python3.8"]
    );
}

#[test]
fn places_of_the_system_and_of_macs() {
    let machine = Machine::new(&[
        "usr/bin/python3.11",
        "usr/local/bin/python3.12",
        "opt/python/cp310-cp310/bin/python3.10",
        "opt/homebrew/opt/python@3.9/bin/python3.9",
        "opt/homebrew/opt/openssl/bin/python3",
        "Library/Frameworks/Python.framework/Versions/3.13/bin/python3.13",
        "Library/Frameworks/PythonT.framework/Versions/3.14/bin/python3.14t",
        "Library/Developer/CommandLineTools/Library/Frameworks/Python3.framework/Versions/3.9/bin/python3.9",
    ]);
    assert_eq!(
        machine.seen(Place::System),
        [
            "usr/bin/python3.11",
            "usr/local/bin/python3.12",
            "opt/python/cp310-cp310/bin/python3.10"
        ]
    );
    assert_eq!(
        machine.seen(Place::Homebrew),
        ["opt/homebrew/opt/python@3.9/bin/python3.9"]
    );
    assert_eq!(machine.seen(Place::Framework).len(), 3);
}

#[test]
fn environments_of_the_project() {
    let machine = Machine::new(&[
        "home/project/deep/.venv/bin/python3",
        "home/project/deep/.venv/pyvenv.cfg",
        "home/project/venv/bin/python3",
        "home/project/venv/pyvenv.cfg",
        "home/venv/bin/python3",
    ]);
    assert_eq!(
        machine.seen(Place::Nearby),
        [
            "home/project/deep/.venv/bin/python3",
            "home/project/venv/bin/python3"
        ],
        "and no folder that is called so and is no environment"
    );
}

#[test]
fn names_and_links_of_one_file_are_probed_once() {
    let mut machine = Machine::new(&["usr/bin/python3.11", "away/python3.9"]);
    machine.link("usr/bin/python3", "usr/bin/python3.11");
    machine.link("usr/bin/python", "usr/bin/python3");
    machine.link("path/python3.11", "usr/bin/python3");
    machine.link("path/python3.9", "away/python3.9");
    std::fs::hard_link(
        machine.at("usr/bin/python3.11"),
        machine.at("usr/bin/python3.11d"),
    )
    .unwrap();
    machine.set("PATH", &["path", "usr/bin"]);
    let (probed, left_out) = machine.candidates();
    // Four names, each seen twice because usr/bin is on the path, too; and one link.
    assert_eq!(
        probed,
        [
            ("usr/bin/python3.11".to_string(), 9),
            ("away/python3.9".to_string(), 1)
        ]
    );
    assert_eq!(left_out, []);
}

#[test]
fn environments_are_apart_from_what_they_are_made_of() {
    let machine = Machine::new(&[
        "usr/bin/python3.11",
        "home/project/.venv/pyvenv.cfg",
        "home/venv/pyvenv.cfg",
    ]);
    for prefix in ["home/project/.venv", "home/venv"] {
        machine.link(&format!("{prefix}/bin/python3.11"), "usr/bin/python3.11");
        machine.link(
            &format!("{prefix}/bin/python3"),
            &format!("{prefix}/bin/python3.11"),
        );
    }
    let (probed, _) = machine.candidates();
    let expected = [
        ("home/project/.venv/bin/python3", 2),
        ("home/venv/bin/python3", 2),
        ("usr/bin/python3.11", 1),
    ];
    assert_eq!(probed, expected.map(|(path, names)| (path.to_string(), names)));
}

#[test]
fn a_program_that_acts_by_its_name_is_probed_under_each() {
    let mut machine = Machine::new(&["tools/dispatcher"]);
    machine.link("shims/python3", "tools/dispatcher");
    machine.link("shims/python3.9", "tools/dispatcher");
    machine.set("PATH", &["shims"]);
    let (probed, _) = machine.candidates();
    assert_eq!(
        probed,
        [
            ("shims/python3".to_string(), 1),
            ("shims/python3.9".to_string(), 1)
        ]
    );
}

#[test]
fn a_hard_link_in_another_environment_is_another_candidate() {
    let machine = Machine::new(&["home/miniconda3/bin/python3.11"]);
    std::fs::create_dir_all(machine.at("home/miniconda3/envs/a/bin")).unwrap();
    let other = machine.at("home/miniconda3/envs/a/bin/python3.11");
    std::fs::hard_link(machine.at("home/miniconda3/bin/python3.11"), other).unwrap();
    assert_eq!(machine.candidates().0.len(), 2);
}

#[test]
fn what_needs_no_probe_is_left_out_with_the_reason() {
    let mut machine = Machine::new(&["home/.pyenv/shims/python3.9", "home/.pyenv/shims/python3"]);
    machine.link("bin/python3", "gone/python3");
    machine.set("PATH", &["home/.pyenv/shims", "bin"]);
    let (probed, left_out) = machine.candidates();
    assert_eq!(probed, [("home/.pyenv/shims/python3".to_string(), 1)]);
    let reasons: Vec<_> = left_out
        .iter()
        .map(|of| (machine.inside(&of.path), &of.reason))
        .collect();
    assert_eq!(
        reasons,
        [
            ("home/.pyenv/shims/python3.9".to_string(), &Reason::PyenvShim),
            ("bin/python3".to_string(), &Reason::DanglingLink)
        ]
    );
}

#[test]
fn the_order_is_by_version_and_base() {
    let python = |implementation: &str, version: &str, executable: &str, base: Option<&str>| Interpreter {
        implementation: implementation.into(),
        version: version.into(),
        executable: executable.into(),
        base: base.map(Into::into),
        virtual_env: base.is_some(),
        ..Interpreter::default()
    };
    let mut free_threaded = python("CPython", "3.13.0", "/a", None);
    free_threaded.free_threaded = Some(true);
    let mut all = [
        python("PyPy", "3.10.14", "/pypy", None),
        free_threaded,
        python("CPython", "3.13.0", "/z", None),
        python("CPython", "3.9.18", "/env", Some("/b")),
        python("CPython", "3.10.1", "/x", None),
        python("CPython", "3.9.18", "/b", None),
        python("CPython", "3.9.18", "/c", None),
    ];
    all.sort_by_key(order);
    let paths: Vec<_> = all.iter().map(|about| about.executable.as_str()).collect();
    assert_eq!(paths, ["/b", "/env", "/c", "/x", "/z", "/a", "/pypy"]);
}
