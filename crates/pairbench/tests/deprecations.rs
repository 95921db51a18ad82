//! Deprecation warnings as a worker catches them: on every interpreter of this machine, and only when it is asked to
//! catch them.
#![cfg(feature = "harness")]
#![allow(missing_docs)]

#[path = "common/pythons.rs"]
mod pythons;

use pairbench::hosts::interpreter::Python;
use pairbench::hosts::worker::{PROGRAM, WorkerSetup};
use pairbench::hosts::{HostSet, Hosts, Raised};
use pairbench::registry::{Entry, Pair, Profile, Sources};
use pythons::PYTHONS;
use std::path::Path;
use tempfile::TempDir;

/// A folder `python` with a pair's file of this text, and the worker's program beside it.
fn folder(text: &str) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("worker.py"), PROGRAM).unwrap();
    std::fs::create_dir_all(folder.path().join("python/flat")).unwrap();
    std::fs::write(folder.path().join("python/flat/old.py"), text).unwrap();
    folder
}

fn entry(folder: &Path) -> Entry {
    let pair = Pair::new(Profile::Flat, "x")
        .input(|size, _| size)
        .cases("n", &[1])
        .python(&["threads"])
        .rust(|x: &u64| *x)
        .build();
    let sources = Sources {
        rust_path: "old.rs".into(),
        rust_text: "".into(),
        python_root: folder.join("python"),
        python_path: folder.join("python/flat/old.py"),
        module: "flat.old".into(),
    };
    Entry {
        name: "old",
        pair,
        sources,
    }
}

/// The answer of a worker of this interpreter to 1, called twice for each variant, and the warnings that it caught.
fn run(folder: &Path, python: &Python, watching: bool, variants: &[&str]) -> (Vec<u8>, Vec<Raised>) {
    let entry = entry(folder);
    let program = folder.join("worker.py");
    let setup = WorkerSetup {
        python,
        program: &program,
        extension_dir: None,
        hash_seed: 0,
    };
    let mut hosts = Hosts::new(&entry, setup, None);
    if watching {
        hosts = hosts.watching();
    }
    let mut answer = Vec::new();
    for variant in variants {
        let (host, name) = hosts.for_contestant(variant).unwrap();
        let ready = host.open(&name, 1, 0).unwrap();
        host.call(ready.handle).unwrap();
        answer = host.call(ready.handle).unwrap().output;
        host.close(ready.handle).unwrap();
    }
    let raised = hosts.deprecations(variants[0]).unwrap();
    assert_eq!(
        hosts.deprecations(variants[0]),
        Ok(Vec::new()),
        "what was told is told again"
    );
    (answer, raised)
}

#[track_caller]
fn text(pickle: &[u8]) -> String {
    serde_pickle::from_slice(pickle, serde_pickle::DeOptions::new()).unwrap()
}

/// Category, text, file, line, source and variant.
fn row(raised: &Raised) -> (&str, &str, &str, u32, &str, &str) {
    let Raised {
        category,
        message,
        file,
        line,
        source,
        variant,
    } = raised;
    (category, message, file, *line, source, variant)
}

const EVERYWHERE: &str = r#"import asyncio.events
import contextlib
import threading
import warnings

for _ in range(3):
    warnings.warn("import goes", DeprecationWarning)

@contextlib.contextmanager
def setup_threads():
    warnings.warn("set-up goes", PendingDeprecationWarning)
    yield 1
    warnings.warn("tear-down goes", FutureWarning)

class LibraryDeprecationWarning(UserWarning):
    pass

def python(number):
    warnings.warn("call goes, \ud800", DeprecationWarning)
    warnings.warn("no deprecation", RuntimeWarning)
    warnings.warn("library goes", LibraryDeprecationWarning)
    warnings.warn_explicit("loop goes", DeprecationWarning, asyncio.events.__file__, 1)
    return number

def threads(one, number):
    thread = threading.Thread(target=warnings.warn, args=("thread goes", SyntaxWarning))
    thread.start()
    thread.join()
    return number
"#;

#[test]
fn each_is_reported_once_with_its_line_and_variant() {
    let folder = folder(EVERYWHERE);
    for python in PYTHONS.iter() {
        let (_, raised) = run(folder.path(), python, true, &["python", "threads"]);
        let mut rows: Vec<_> = raised.iter().map(row).collect();
        // It has the line at which the interpreter's own code called the function.
        let threads = rows.iter().position(|row| row.1 == "thread goes").unwrap();
        let thread = rows.remove(threads);
        assert_eq!(
            (thread.0, thread.2, thread.5),
            ("SyntaxWarning", "threading.py", "threads")
        );
        assert!(thread.4.contains("_target("), "{thread:?}");
        let loops = rows.iter().position(|row| row.1 == "loop goes").unwrap();
        let in_library = rows.remove(loops);
        assert_eq!(
            (in_library.2, in_library.3, in_library.5),
            ("asyncio/events.py", 1, "python")
        );
        assert!(in_library.4.contains("Event loop"), "{in_library:?}");
        let file = "python/flat/old.py";
        let d = "DeprecationWarning";
        let wanted = [
            (
                d,
                "import goes",
                file,
                7,
                "warnings.warn(\"import goes\", DeprecationWarning)",
                "",
            ),
            (
                d,
                "call goes, ?",
                file,
                19,
                r#"warnings.warn("call goes, \ud800", DeprecationWarning)"#,
                "python",
            ),
            (
                "LibraryDeprecationWarning",
                "library goes",
                file,
                21,
                "warnings.warn(\"library goes\", LibraryDeprecationWarning)",
                "python",
            ),
            (
                "PendingDeprecationWarning",
                "set-up goes",
                file,
                11,
                "warnings.warn(\"set-up goes\", PendingDeprecationWarning)",
                "threads",
            ),
            (
                "FutureWarning",
                "tear-down goes",
                file,
                13,
                "warnings.warn(\"tear-down goes\", FutureWarning)",
                "threads",
            ),
        ];
        assert_eq!(rows, wanted, "{}", python.about.label());
    }
}

#[test]
fn a_cached_module_repeats_the_warnings_of_its_compilation() {
    for python in PYTHONS.iter() {
        let folder = folder("import warnings\n\ndef python(number):\n    return \"\\d\" is number\n");
        let (_, first) = run(folder.path(), python, true, &["python"]);
        // Written here, whether or not the environment lets an import write it.
        let cached = std::process::Command::new(&python.about.executable)
            .args(["-m", "compileall", "-q"])
            .arg(folder.path().join("python/flat"))
            .output()
            .unwrap();
        assert!(cached.status.success(), "{cached:?}");
        assert!(folder.path().join("python/flat/__pycache__").exists());
        let (_, second) = run(folder.path(), python, true, &["python"]);
        assert_eq!(first, second, "{}", python.about.label());
        let mut rows: Vec<_> = first
            .iter()
            .map(|raised| (raised.line, raised.source.as_str()))
            .collect();
        rows.dedup();
        assert_eq!(rows, [(4, "return \"\\d\" is number")], "{first:?}");
        assert_eq!(first.len(), 2, "{first:?}");
        assert!(
            first.iter().any(|raised| raised.message.contains("escape")),
            "{first:?}"
        );
    }
}

#[test]
fn a_pair_that_sets_filters_or_looks_at_warnings_itself_goes_on() {
    let folder = folder(
        r#"import warnings

warnings.simplefilter("error")
heard = []
before = warnings.showwarning

def python(number):
    warnings.warn("in spite of the filter", DeprecationWarning)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        warnings.warn("caught", DeprecationWarning)
        warnings.warn("caught as well", RuntimeWarning)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        warnings.warn("silenced", DeprecationWarning)
    with warnings.catch_warnings():
        warnings.simplefilter("default")
        warnings.showwarning = lambda message, *rest: heard.append(str(message))
        warnings.warn("heard", DeprecationWarning)
    assert warnings.showwarning is before
    return "{}, {}".format([str(warning.message) for warning in caught], heard[-1])
"#,
    );
    for python in PYTHONS.iter() {
        let (answer, raised) = run(folder.path(), python, true, &["python"]);
        assert_eq!(text(&answer), "['caught', 'caught as well'], heard");
        let messages: Vec<_> = raised.iter().map(|raised| raised.message.as_str()).collect();
        assert_eq!(
            messages,
            ["in spite of the filter", "caught", "heard"],
            "{}",
            python.about.label()
        );
    }
}

#[test]
fn texts_that_change_at_every_call_are_limited_and_one_that_cannot_be_made_does_no_harm() {
    let folder = folder(
        r#"import warnings

class Odd(DeprecationWarning):
    def __str__(self):
        raise ValueError("no text")

def python(number):
    for at in range(1000):
        warnings.warn(f"{at}" + "x" * 5000, DeprecationWarning)
    try:
        warnings.warn(Odd())
    except ValueError:
        pass  # C code makes the text before anybody is asked
    return number
"#,
    );
    let (_, raised) = run(folder.path(), &PYTHONS[0], true, &["python"]);
    assert_eq!(raised.len(), 100);
    assert!(raised.iter().all(|raised| raised.message.chars().count() == 1000));
}

/// Defines a function that returns everything that decides what happens to a warning.
const STATE: &str = r#"
def state():
    import warnings
    functions = [warnings.warn, warnings.showwarning, warnings._showwarnmsg, warnings._showwarnmsg_impl]
    names = ["{}.{}".format(one.__module__, one.__qualname__) for one in functions]
    return "{} {}".format(names, warnings.filters)
"#;

#[test]
fn a_worker_that_measures_has_the_interpreters_own_filters_and_no_hook() {
    let folder = folder(&format!("{STATE}\ndef python(number):\n    return state()\n"));
    for python in PYTHONS.iter() {
        // The interpreter's own state, once a module of its library that sets filters, if any does, has been imported.
        let plain = std::process::Command::new(&python.about.executable)
            .args(["-c", &format!("{STATE}\nprint(state(), end='')")])
            .output()
            .unwrap();
        let plain = String::from_utf8(plain.stdout).unwrap();
        assert!(plain.contains("_showwarnmsg_impl"), "{plain}");
        let (measuring, raised) = run(folder.path(), python, false, &["python"]);
        assert_eq!(text(&measuring), plain, "{}", python.about.label());
        assert_eq!(raised, []);
        let (watching, _) = run(folder.path(), python, true, &["python"]);
        assert_ne!(text(&watching), plain, "{}", python.about.label());
    }
}
