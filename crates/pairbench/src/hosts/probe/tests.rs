//! Programs that are not interpreters or not what they claim, and real ones that are made to look like others.

use super::*;
use crate::hosts::interpreter::{Jit, choose};
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;

/// Long enough for any interpreter on a busy machine.
const PATIENT: Duration = Duration::from_secs(60);

/// A program, in a folder that goes with it.
struct Fake {
    folder: tempfile::TempDir,
    path: PathBuf,
}

impl Fake {
    fn new(text: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let (draft, path) = (folder.path().join("draft"), folder.path().join("python3"));
        std::fs::write(&draft, text).unwrap();
        // Copied by another process: a file that this one has open for writing does not start, and other tests fork.
        let copied = Command::new("cp").args([&draft, &path]).status().unwrap();
        assert!(copied.success());
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).unwrap();
        Fake { folder, path }
    }

    fn shell(script: &str) -> Self {
        Fake::new(&format!("#!/bin/sh\n{script}\n"))
    }

    /// The real interpreter, changed by this before it runs what it is given.
    fn changed(change: &str) -> Self {
        let real = choose(None).unwrap().about.executable;
        Fake::new(&format!(
            "#!{real}\nimport platform, sys, sysconfig, types\nprogram = sys.argv[2]\nsys.argv = ['-c', *sys.argv[3:]]\n\
             {VERSION}\n{change}\nexec(program, {{'__name__': '__main__'}})\n"
        ))
    }

    fn probe(&self) -> Result<Python, Refusal> {
        probe(&self.path, PATIENT)
    }

    fn refusal(&self) -> Refusal {
        self.probe().unwrap_err()
    }

    fn about(&self) -> Interpreter {
        self.probe().unwrap().about
    }
}

/// For [`Fake::changed`]: what it takes to report another version in all places that are checked.
const VERSION: &str = "
def say(major, minor):
    sys.version_info = (major, minor, 0, 'final', 0)
    sys.hexversion = major << 24 | minor << 16 | 0xF0
    sys.version = f'{major}.{minor}.0 (main, Jan  1 2020, 00:00:00) [GCC 12.2.0]'
    platform.python_version = lambda: f'{major}.{minor}.0'
def config(**known):
    old = sysconfig.get_config_var
    sysconfig.get_config_var = lambda name: known[name] if name in known else old(name)
";

#[test]
fn the_real_one_answers_whatever_is_printed_before() {
    let about = Fake::changed("print('welcome')").about();
    let real = choose(None).unwrap().about;
    assert_eq!(
        (about.version, about.config_args),
        (real.version, real.config_args)
    );
}

#[test]
fn a_program_that_hangs_is_ended_with_what_it_started() {
    let fake = Fake::shell("sleep 600 & echo $! > \"$0.child\"; wait");
    let limit = Duration::from_millis(700);
    let refusal = probe(&fake.path, limit).unwrap_err();
    assert_eq!(refusal, Refusal::Silent { limit_ms: 700 });
    assert!(refusal.to_string().contains("within 0.7 s"), "{refusal}");
    // On a machine too busy for the script to get that far, there is nothing to look for.
    if let Ok(child) = std::fs::read_to_string(fake.folder.path().join("python3.child")) {
        let alive = || std::fs::read_to_string(format!("/proc/{}/cmdline", child.trim()));
        let gone = (0..500).any(|_| {
            std::thread::sleep(Duration::from_millis(10));
            !alive().is_ok_and(|command| command.contains("sleep"))
        });
        assert!(gone, "{child} is still there");
    }
}

#[test]
fn programs_that_crash() {
    let Refusal::Ended { how, .. } = Fake::shell("kill -SEGV $$").refusal() else {
        panic!("not by the signal");
    };
    assert!(how.contains("signal 11"), "{how}");
    let refusal = Fake::shell("echo no such library >&2; exit 127").refusal();
    let text = refusal.to_string();
    assert!(
        text.contains("exit code 127") && text.contains("no such library"),
        "{text}"
    );
}

#[test]
fn programs_that_print_nonsense() {
    let nonsense = |script: &str| match Fake::shell(script).refusal() {
        Refusal::Nonsense { output } => output,
        other => panic!("{other}"),
    };
    assert_eq!(nonsense("echo hello; echo world"), "world");
    assert_eq!(nonsense("true"), "it printed nothing");
    assert_eq!(nonsense("echo '{\"version\": 3}'"), "{\"version\": 3}");
    assert_eq!(nonsense("yes"), "it printed more than a megabyte");
}

#[test]
fn programs_that_do_not_start() {
    let nowhere = Fake::new("#!/nowhere/python3\n");
    assert_eq!(nowhere.refusal(), Refusal::Missing);
    std::fs::set_permissions(&nowhere.path, std::fs::Permissions::from_mode(0o644)).unwrap();
    assert_eq!(nowhere.refusal(), Refusal::NotExecutable);
    // Systems differ in whether they try it as a script.
    let garbage = Fake::new("\u{1}\u{2}\u{3}").refusal();
    let expected = matches!(garbage, Refusal::DoesNotStart { .. } | Refusal::Ended { .. });
    assert!(expected, "{garbage}");
}

#[test]
fn a_prepared_answer_is_not_believed() {
    let real = choose(None).unwrap().about.executable;
    let answer = Command::new(real)
        .args(["-c", PROGRAM, "before"])
        .output()
        .unwrap();
    let fake = Fake::shell("cat \"$0.answer\"");
    std::fs::write(fake.folder.path().join("python3.answer"), answer.stdout).unwrap();
    let Refusal::Nonsense { output } = fake.refusal() else {
        panic!("{}", fake.refusal());
    };
    assert!(output.contains("did not run the program"), "{output}");
}

#[test]
fn a_version_that_is_changed_in_one_place_is_seen() {
    for change in [
        "sys.version_info = (3, 99, 0, 'final', 0)",
        "sys.hexversion = 0x036300F0",
        "platform.python_version = lambda: '3.99.0'",
    ] {
        let refusal = Fake::changed(change).refusal();
        assert!(
            matches!(refusal, Refusal::Contradicts { .. }),
            "{change}: {refusal}"
        );
    }
}

#[test]
fn a_version_that_is_changed_everywhere_shows_in_the_syntax() {
    let (major, minor) = choose(None).unwrap().about.language();
    // Two versions away, so that an interpreter newer than the newest syntax that is tried is recognised, too.
    let refusal = Fake::changed(&format!(
        "say({major}, {minor} - 2 if {minor} > 9 else {minor} + 2)"
    ))
    .refusal();
    let Refusal::Contradicts { but, .. } = &refusal else {
        panic!("{refusal}");
    };
    assert!(but.contains("syntax is that of"), "{refusal}");
}

/// This cannot be detected, so nobody should rely on it.
#[test]
fn another_implementation_is_believed_whatever_syntax_it_takes() {
    let about = Fake::changed("say(3, 8); platform.python_implementation = lambda: 'RustPython'").about();
    assert_eq!(
        (about.language(), about.implementation.as_str()),
        ((3, 8), "RustPython")
    );
}

#[test]
fn an_old_one_is_known_by_its_version() {
    let refusal = Fake::changed("say(3, 7)").refusal();
    assert_eq!(
        refusal,
        Refusal::TooOld {
            version: "3.7.0".into()
        }
    );
}

#[test]
fn free_threaded_builds_are_recognised() {
    for on in [true, false] {
        let python = if on { "True" } else { "False" };
        let change = format!(
            "config(Py_GIL_DISABLED=1); sys._is_gil_enabled = lambda: {python}\n\
             flags = {{name: getattr(sys.flags, name) for name in dir(sys.flags) if name[0] != '_'}}\n\
             sys.flags = types.SimpleNamespace(**{{**flags, 'gil': None}})"
        );
        let about = Fake::changed(&change).about();
        assert_eq!((about.free_threaded, about.gil), (Some(true), Some(on)));
        // No setting asked for it, so it was an import.
        let reported = about
            .altered
            .iter()
            .any(|what| what.contains("has switched the GIL on"));
        assert_eq!(reported, on, "{:?}", about.altered);
    }
    let about = Fake::changed("config(Py_GIL_DISABLED=0)").about();
    assert_eq!(about.free_threaded, Some(false));
}

#[test]
fn a_jit_that_reports_itself_is_recognised() {
    for (available, enabled, jit) in [
        ("True", "True", Jit::On),
        ("True", "False", Jit::Off),
        ("False", "False", Jit::Absent),
    ] {
        let change = format!(
            "sys._jit = types.SimpleNamespace(is_available=lambda: {available}, is_enabled=lambda: {enabled})"
        );
        assert_eq!(Fake::changed(&change).about().jit, Some(jit), "{change}");
    }
}

/// 3.13 has a just-in-time compiler but nothing that reports it.
#[test]
fn a_jit_is_recognised_by_how_the_interpreter_was_built() {
    let real = choose(None).unwrap().about.executable;
    let answer = |config: &str, wanted: &str| {
        let program = format!("{PROGRAM}\nprint(jit_of_build({config:?}, {wanted}))");
        let output = Command::new(&real)
            .args(["-c", &program, "word"])
            .output()
            .unwrap();
        let text = String::from_utf8(output.stdout).unwrap();
        text.lines().last().unwrap().to_string()
    };
    for (config, wanted, jit) in [
        ("'--enable-optimizations'", "None", "absent"),
        ("'--enable-experimental-jit=interpreter'", "None", "absent"),
        ("'--enable-experimental-jit' '--with-lto'", "None", "on"),
        ("'--enable-experimental-jit=yes'", "'0'", "off"),
        ("'--enable-experimental-jit=yes-off'", "None", "off"),
        ("'--enable-experimental-jit=yes-off'", "'1'", "on"),
    ] {
        assert_eq!(answer(config, wanted), jit, "{config}, PYTHON_JIT {wanted}");
    }
}

#[test]
fn other_implementations_are_recognised() {
    let release = "sys.implementation.version = (7, 3, 17, 'final', 0)";
    let pypy = format!(
        "platform.python_implementation = lambda: 'PyPy'; sys.pypy_translation_info = {{'translation.jit': True}}; \
         {release}"
    );
    let about = Fake::changed(&pypy).about();
    assert_eq!(about.implementation, "PyPy");
    assert_eq!(
        (about.release.as_deref(), about.jit),
        (Some("7.3.17"), Some(Jit::On))
    );
    assert_eq!(about.optimized, None);
    let graal = format!("platform.python_implementation = lambda: 'GraalVM'; {release}");
    let about = Fake::changed(&graal).about();
    assert_eq!((about.implementation.as_str(), about.jit), ("GraalPy", None));
}
