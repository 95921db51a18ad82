//! `pairbench record`: real calls are kept, of any kind of function and however the program is started, and the program
//! does not notice.
#![cfg(all(feature = "harness", unix))]
#![allow(missing_docs)]

#[path = "common/files.rs"]
mod files;
#[path = "common/pythons.rs"]
mod pythons;

use pairbench::hosts::interpreter::choose;
use pairbench::registry::Pair;
use pythons::PYTHONS;
use serde_bytes::ByteBuf;
use std::io::{BufRead, BufReader};
use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::sync::LazyLock;
use tempfile::TempDir;

/// The interpreter that a run would measure.
static PYTHON: LazyLock<String> = LazyLock::new(|| choose(None).unwrap().about.executable);

/// The module with the functions to record.
const PRICING: &str = r#"
import functools

def total(prices, rate=2, *more, tax=0, **others):
    prices.append("changed")
    return rate

def depth(tree):
    return 1 + max(map(depth, tree), default=0)

async def fetch(url, times=1):
    return url * times

def walk(tree):
    sent = yield tree
    if tree:
        yield from walk(tree[1:])
    return sent

async def ticks(number):
    while True:
        try:
            number = (yield number) or number + 1
        except ValueError:
            number = -1

@functools.lru_cache(None)
def cached(number):
    return number + 1

def doubled(function):
    @functools.wraps(function)
    def inner(*args):
        return function(*args, 2)
    return inner

@doubled
def power(base, exponent):
    return base ** exponent

MARK = object()

def marked(value, mark=MARK, last=3):
    assert mark is MARK
    return value

class Cart:
    def __init__(self, items):
        self.items = items

    def total(self, rate):
        return sum(self.items) * rate

    @staticmethod
    def fixed(rate):
        return rate

    @classmethod
    def made(cls, *items):
        return cls(items)

class Sub(Cart):
    pass
"#;

/// A user's project in a folder of its own, which is on PYTHONPATH.
struct Project(TempDir);

/// The result of a recording.
struct Recorded {
    code: Option<i32>,
    output: String,
    messages: String,
    lines: Vec<String>,
}

impl Project {
    fn new() -> Self {
        let project = Project(tempfile::tempdir().unwrap());
        project.write("shop/__init__.py", "from .pricing import total\n");
        project.write("shop/pricing.py", PRICING);
        project
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    fn write(&self, file: &str, text: &str) {
        files::write(self.path(), file, text);
    }

    fn command(&self, function: &str, options: &[&str], program: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_pairbench"));
        command
            .current_dir(self.path())
            .env("PYTHONPATH", self.path())
            .args(["record", function])
            .args(options)
            .arg("--")
            .args(program);
        command
    }

    fn read(&self, output: &Output) -> Recorded {
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        let calls = std::fs::read_to_string(self.path().join("calls.jsonl")).unwrap_or_default();
        Recorded {
            code: output.status.code(),
            output: text(&output.stdout),
            messages: text(&output.stderr),
            lines: calls.lines().map(Into::into).collect(),
        }
    }

    fn run(&self, function: &str, options: &[&str], program: &[&str]) -> Recorded {
        self.read(&self.command(function, options, program).output().unwrap())
    }

    /// Runs a program with this text, which must succeed.
    fn program(&self, python: &str, function: &str, options: &[&str], text: &str) -> Recorded {
        self.write("program.py", text);
        let done = self.run(
            function,
            &[options, &["--force"]].concat(),
            &[python, "program.py"],
        );
        assert_eq!(done.code, Some(0), "{python}: {}", done.messages);
        done
    }

    /// The pickled calls as Python loads them.
    fn unpickled(&self) -> String {
        let program = "import base64, json, pickle\n\
                       for line in open('calls.jsonl'):\n    print(pickle.loads(base64.b64decode(json.loads(line)['pickle'])))";
        let mut command = Command::new(&*PYTHON);
        command.current_dir(self.path()).env("PYTHONPATH", self.path());
        let output = command.args(["-c", program]).output().unwrap();
        String::from_utf8(output.stdout).unwrap()
    }
}

impl Recorded {
    #[track_caller]
    fn says(&self, text: &str) {
        assert!(self.messages.contains(text), "no {text:?} in\n{}", self.messages);
    }
}

#[test]
fn calls_are_normalised_and_captured_before_the_function_changes_them() {
    let project = Project::new();
    project.write("other.py", "from shop.pricing import total as renamed\n");
    // A finder that comes first and finds the module itself, as pytest's does for modules that it rewrites.
    let text = r#"
import os, sys
from importlib.machinery import PathFinder

class First:
    def find_spec(self, name, path=None, target=None):
        return PathFinder.find_spec(name, path) if name.startswith("shop") else None

sys.meta_path.insert(0, First())
import other, shop, inspect, pickle
from shop.pricing import total

assert total is shop.total is other.renamed is pickle.loads(pickle.dumps(total))
assert str(inspect.signature(total)) == "(prices, rate=2, *more, tax=0, **others)"
assert (total.__name__, total.__module__, total.__defaults__) == ("total", "shop.pricing", None)
assert inspect.getsource(total).startswith("def total(")
module = sys.modules["shop.pricing"]
assert type(module.__loader__).__name__ == type(module.__spec__.loader).__name__ == "SourceFileLoader"
assert not any(os.path.exists(os.path.join(folder, "recorder.py")) for folder in sys.path)

prices = [1.5, None, "ä\n\u2028"]
assert total(prices) == 2 and prices[-1] == "changed"
total(rate=3, prices=[True])
total([], 2)
total([], rate=2, tax=0)
total([{"a": 1}], 1, 2, 3, tax=4, x=[5])
try:
    total()
except TypeError as error:
    assert "prices" in str(error)
else:
    raise AssertionError
"#;
    for python in PYTHONS.iter() {
        let done = project.program(&python.about.executable, "shop.pricing:total", &[], text);
        let lines = [
            "{\"args\": [[1.5, null, \"ä\\n\u{2028}\"], 2], \"kwargs\": {\"tax\": 0}}",
            r#"{"args": [[true], 3], "kwargs": {"tax": 0}}"#,
            r#"{"args": [[], 2], "kwargs": {"tax": 0}}"#,
            r#"{"args": [[{"a": 1}], 1, 2, 3], "kwargs": {"tax": 4, "x": [5]}}"#,
        ];
        assert_eq!(done.lines, lines, "{}", python.about.label());
        done.says("shop.pricing:total was called 6 times in 1 process\nkept: 4 distinct calls (4 as JSON)");
        done.says("left out: 1 repeated, 1 whose arguments do not fit");
        done.says("new shop.pricing:total --input calls.jsonl");
    }
}

#[test]
fn coroutines_and_generators_stay_what_they_are() {
    let project = Project::new();
    let programs = [
        (
            "fetch",
            "import asyncio, inspect\nfrom shop.pricing import fetch\nassert inspect.iscoroutinefunction(fetch)\n\
             assert asyncio.run(fetch('a', 2)) == 'aa'\n",
            r#"{"args": ["a", 2]}"#,
        ),
        (
            "walk",
            "import inspect\nfrom shop.pricing import walk\nassert inspect.isgeneratorfunction(walk)\n\
             assert list(walk([1, 2])) == [[1, 2], [2], []]\nsteps = walk([])\nnext(steps)\n\
             try:\n    steps.send(7)\nexcept StopIteration as end:\n    assert end.value == 7\n",
            r#"{"args": [[1, 2]]}"#,
        ),
        (
            "ticks",
            "import asyncio, inspect\nfrom shop.pricing import ticks\nassert inspect.isasyncgenfunction(ticks)\n\
             async def main():\n    steps = ticks(5)\n    got = [await steps.__anext__(), await steps.__anext__()]\n    \
             got += [await steps.asend(9), await steps.athrow(ValueError())]\n    await steps.aclose()\n    \
             assert got == [5, 6, 9, -1], got\n    \
             try:\n        await steps.__anext__()\n    except StopAsyncIteration:\n        return\n    raise AssertionError\n\
             asyncio.run(main())\n",
            r#"{"args": [5]}"#,
        ),
    ];
    for python in PYTHONS.iter() {
        for (function, text, first) in programs {
            let name = format!("shop.pricing:{function}");
            let done = project.program(&python.about.executable, &name, &[], text);
            assert_eq!(done.lines[0], first, "{}", python.about.label());
            let nested = function == "walk";
            assert_eq!(
                done.messages.contains("2 made by the function itself"),
                nested,
                "{}",
                done.messages
            );
        }
    }
}

#[test]
fn a_recursion_keeps_its_outer_calls_and_may_be_as_deep_as_ever() {
    let project = Project::new();
    let text = "from shop.pricing import depth\ntree = []\nfor _ in range(450):\n    tree = [tree]\n\
                assert depth(tree) == 451\nassert depth([[], []]) == 2\n";
    let done = project.program(&PYTHON, "shop.pricing:depth", &[], text);
    done.says("was called 454 times");
    done.says("kept: 2 distinct calls (1 as JSON, 1 as pickles of objects, for Python variants only)");
    done.says("left out: 452 made by the function itself");
    assert_eq!(done.lines[1], r#"{"args": [[[], []]]}"#);
}

#[test]
fn methods_caches_and_decorated_functions() {
    let project = Project::new();
    let text = "from shop.pricing import *\nimport shop.pricing\n\
                assert Cart([1, 2]).total(2) == 6\nassert Cart.fixed(3) == Cart([]).fixed(rate=3) == 3\n\
                assert type(Cart.made(1)) is Cart and type(Sub.made(1)) is Sub\n\
                assert cached(1) == 2 and cached.cache_info().misses == 1\ncached.cache_clear()\n\
                assert power(3) == 9\nassert marked(1) == 1 and marked(1, last=4) == 1\n";
    let one = |function: &str| {
        let done = project.program(&PYTHON, &format!("shop.pricing:{function}"), &[], text);
        (done.lines.join("\n"), done)
    };
    let (_, done) = one("Cart.total");
    done.says("1 as pickles of objects, for Python variants only");
    assert!(
        project.unpickled().starts_with("((<shop.pricing.Cart object"),
        "{}",
        project.unpickled()
    );
    assert_eq!(one("Cart.fixed").0, r#"{"args": [3]}"#);
    let (lines, done) = one("Cart.made");
    assert_eq!(lines, r#"{"args": [1]}"#);
    done.says("left out: 1 on another class");
    assert_eq!(one("cached").0, r#"{"args": [1]}"#);
    assert_eq!(one("power").0, r#"{"args": [3]}"#);
    // The mark remains a default, so the next argument is a named one.
    let marked = [
        r#"{"args": [1], "kwargs": {"last": 3}}"#,
        r#"{"args": [1], "kwargs": {"last": 4}}"#,
    ];
    assert_eq!(one("marked").0, marked.join("\n"));
}

#[test]
fn what_json_cannot_represent_is_pickled_or_left_out_with_the_reason() {
    let project = Project::new();
    project.write("shop/one.py", "def one(value):\n    pass\n");
    project.write(
        "shop/kinds.py",
        "import enum\nclass Kind(enum.IntEnum):\n    A = 1\n",
    );
    let plain =
        "b'x', (1, 'a'), 1 << 64, float('nan'), float('-inf'), {1: 2}, [[('b',)]], {1}, bytearray(b'y')";
    let text = format!("from shop.one import one\nfor value in ({plain}):\n    one(value)\n");
    let done = project.program(&PYTHON, "shop.one:one", &[], &text);
    done.says("kept: 9 distinct calls (9 as pickles that Rust reads too)\nleft out: nothing");
    let values = [
        "b'x'",
        "(1, 'a')",
        "18446744073709551616",
        "nan",
        "-inf",
        "{1: 2}",
        "[[('b',)]]",
        "{1}",
        "bytearray(b'y')",
    ];
    let calls = values.map(|value| format!("(({value},), {{}})\n"));
    assert_eq!(project.unpickled(), calls.concat());

    let text = "import shop.kinds\nfrom shop.one import one\nclass Mine:\n    pass\n\
                for value in (frozenset, '\\ud800', shop.kinds.Kind.A, 1.0, 1, True, (x for x in ''), Mine()):\n    one(value)\n\
                # The same call, whichever of its parts are one object.\n\
                a = 'a'\none((a, a))\none(('a', ''.join(['a'])))\n";
    let done = project.program(&PYTHON, "shop.one:one", &[], text);
    done.says("kept: 7 distinct calls (3 as JSON, 1 as pickles that Rust reads too, 3 as pickles of objects");
    done.says("left out: 1 repeated, 2 that cannot be pickled (");
    done.says("generator");
}

#[test]
fn a_pair_reads_what_was_recorded() {
    let project = Project::new();
    project.write(
        "shop/mixed.py",
        "def mixed(text, pair, data, *, scale=2.0, seen=()):\n    pass\n",
    );
    let text = "from shop.mixed import mixed\nmixed('ä', [1, 'b'], [7], scale=0.1, seen=[])\n\
                mixed('c', (2, 'd'), b'ef', seen={3})\nmixed('', [3, ''], [])\n";
    let done = project.program(&PYTHON, "shop.mixed:mixed", &[], text);
    done.says("(1 as JSON, 2 as pickles that Rust reads too)");
    assert!(done.lines[0].starts_with("{\"args\""), "{:?}", done.lines);
    let pair = Pair::of("shop.mixed:mixed")
        .calls(project.path().join("calls.jsonl"))
        .rust(
            |text: &str, pair: &(i64, String), data: &ByteBuf, scale: f64, seen: &[i64]| {
                format!("{text} {pair:?} {data:?} {scale} {seen:?}")
            },
        )
        .build();
    let (answers, _) = pair.open_rust("rust", 3, 0).unwrap().call().unwrap();
    let answers: Vec<String> = serde_pickle::from_slice(&answers, serde_pickle::DeOptions::new()).unwrap();
    let wanted = [
        "ä (1, \"b\") [7] 0.1 []",
        "c (2, \"d\") [101, 102] 2 [3]",
        " (3, \"\") [] 2 []",
    ];
    assert_eq!(answers, wanted);
}

#[test]
fn limits_leave_calls_out_and_count_them() {
    let project = Project::new();
    project.write("shop/one.py", "def one(value):\n    return value\n");
    let text = "from shop.one import one\nfor value in [*range(5), 0, 'x' * 3000, 5, 6, ('y' * 3000,)]:\n    \
                assert one(value) == value\n";
    let done = project.program(&PYTHON, "shop.one:one", &["--limit", "3"], text);
    assert_eq!(done.lines, [0, 1, 2].map(|n| format!("{{\"args\": [{n}]}}")));
    done.says("was called 10 times");
    done.says("left out: 7 after the limit of 3 (--limit)");
    let done = project.program(&PYTHON, "shop.one:one", &["--max-size", "0.002"], text);
    done.says("kept: 7 distinct calls");
    done.says("left out: 1 repeated, 2 larger than 0.002 MB (--max-size)");
    let done = project.program(&PYTHON, "shop.one:one", &["--max-time", "0"], text);
    done.says("kept: 1 distinct call (1 as JSON)\nleft out: 9 after 0 s of recording (--max-time)");
}

#[test]
fn any_program_that_ends_in_a_python_and_all_its_children() {
    let project = Project::new();
    let python = &*PYTHON;
    project.write("shop/one.py", "def one(value):\n    return value\n");
    project.write(
        "shop/__main__.py",
        "import sys\nfrom shop.one import one\none(sys.argv[1:])\n",
    );
    project.write(
        "tool",
        &format!("#!{python}\nfrom shop.one import one\none('script')\n"),
    );
    project.write(
        "wrapper",
        &format!("#!/bin/sh\n'{python}' -m shop wrapped \"$@\" && ./tool\n"),
    );
    for script in ["tool", "wrapper"] {
        let all = std::fs::Permissions::from_mode(0o755);
        std::fs::set_permissions(project.path().join(script), all).unwrap();
    }
    let lines = |program: &[&str]| project.run("shop.one:one", &["--force"], program).lines;
    assert_eq!(lines(&[python, "-m", "shop", "a"]), [r#"{"args": [["a"]]}"#]);
    assert_eq!(lines(&["./tool"]), [r#"{"args": ["script"]}"#]);
    let both = [r#"{"args": [["wrapped", "-q"]]}"#, r#"{"args": ["script"]}"#];
    assert_eq!(lines(&["./wrapper", "-q"]), both);
    let code = "import unittest\nfrom shop.one import one\nclass Test(unittest.TestCase):\n    \
                def test(self):\n        self.assertEqual(one(1), 1)\n";
    project.write("test_shop.py", code);
    assert_eq!(lines(&[python, "-m", "unittest", "-q"]), [r#"{"args": [1]}"#]);

    // Children of all kinds: forks, fresh processes, and those that end without any clean-up.
    let text = r#"
import multiprocessing, os, signal, subprocess, sys
from shop.one import one

if __name__ == "__main__":
    one("parent")
    for method in ("fork", "spawn"):
        with multiprocessing.get_context(method).Pool(2) as pool:
            assert pool.map(one, [[method, n] for n in range(20)]) == [[method, n] for n in range(20)]
    child = os.fork()
    if child == 0:
        one("forked")
        os.closerange(3, 256)
        one("closed")
        os.kill(os.getpid(), signal.SIGKILL)
    os.waitpid(child, 0)
    subprocess.run([sys.executable, "-m", "shop"], check=True)
    one("parent")
    one("last")
"#;
    let done = project.program(python, "shop.one:one", &[], text);
    let (first, rest) = done.lines.split_first().unwrap();
    assert_eq!(first, r#"{"args": ["parent"]}"#);
    let mut pooled: Vec<_> = rest[..40].to_vec();
    pooled.sort_unstable();
    let mut wanted: Vec<_> = (0..20)
        .flat_map(|n| ["fork", "spawn"].map(|method| format!("{{\"args\": [[\"{method}\", {n}]]}}")))
        .collect();
    wanted.sort_unstable();
    assert_eq!(pooled, wanted);
    let ends = [r#"["forked"]"#, r#"["closed"]"#, "[[]]", r#"["last"]"#];
    assert_eq!(rest[40..], ends.map(|args| format!("{{\"args\": {args}}}")));
    done.says("was called 46 times");
}

#[test]
fn threads_record_whole_lines_and_each_call_once() {
    let project = Project::new();
    project.write("shop/one.py", "def one(value):\n    return value\n");
    let text = "import sys, threading\nfrom shop.one import one\nsys.setswitchinterval(1e-6)\n\
                def work():\n    for n in range(200):\n        one('x' * 100 + str(n))\n\
                threads = [threading.Thread(target=work) for _ in range(8)]\n\
                [thread.start() for thread in threads]\n[thread.join() for thread in threads]\n";
    let done = project.program(&PYTHON, "shop.one:one", &[], text);
    let mut lines = done.lines.clone();
    lines.sort_unstable();
    let mut wanted: Vec<_> = (0..200)
        .map(|n| format!("{{\"args\": [\"{}{n}\"]}}", "x".repeat(100)))
        .collect();
    wanted.sort_unstable();
    assert_eq!(lines, wanted);
    done.says("was called 1,600 times");
    done.says("left out: 1,400 repeated");
}

#[test]
fn the_real_sitecustomize_runs_and_the_module_may_be_there_already() {
    let project = Project::new();
    project.write(
        "sitecustomize.py",
        "import sys\nfrom shop.pricing import power\npower(2)\nsys.ours = True\n",
    );
    let text = "import sys, sitecustomize\nassert sys.ours and 'shop' in open(sitecustomize.__file__).read()\n\
                from shop.pricing import power\npower(3)\n\
                import importlib, shop.pricing\nimportlib.reload(shop.pricing)\nshop.pricing.power(4)\n";
    let done = project.program(&PYTHON, "shop.pricing:power", &[], text);
    assert_eq!(done.lines, [2, 3, 4].map(|n| format!("{{\"args\": [{n}]}}")));
    // A module that is imported when the interpreter starts.
    let done = project.program(
        &PYTHON,
        "fnmatch:fnmatch",
        &[],
        "import fnmatch\nfnmatch.fnmatch('a', '*')\n",
    );
    assert_eq!(done.lines, [r#"{"args": ["a", "*"]}"#]);
}

#[test]
fn the_exit_code_is_the_programs_and_its_streams_are_untouched() {
    let project = Project::new();
    let text =
        "import sys\nfrom shop.pricing import power\nprint(power(int(sys.stdin.read())))\nsys.exit(7)\n";
    project.write("program.py", text);
    let mut command = project.command("shop.pricing:power", &[], &[&PYTHON, "program.py"]);
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    std::io::Write::write_all(&mut child.stdin.take().unwrap(), b"5").unwrap();
    let done = project.read(&child.wait_with_output().unwrap());
    assert_eq!((done.code, done.output.as_str()), (Some(7), "25\n"));
    assert_eq!(done.lines, [r#"{"args": [5]}"#]);

    let again = project.run("shop.pricing:power", &[], &[&PYTHON, "-c", "print('ran')"]);
    assert_eq!((again.code, again.output.as_str()), (Some(2), ""));
    again.says("calls.jsonl exists; --force replaces it");
    let killed = "import os, shop.pricing as s; s.power(1); os.kill(os.getpid(), 9)";
    let done = project.run("shop.pricing:power", &["--force"], &[&PYTHON, "-c", killed]);
    assert_eq!((done.code, done.lines.len()), (Some(128 + 9), 1));
    let folders = std::fs::read_dir(project.path()).unwrap();
    let left = folders
        .flatten()
        .filter(|entry| entry.file_name().to_string_lossy().starts_with(".pairbench"));
    assert_eq!(left.count(), 0);
}

#[test]
fn if_nothing_was_recorded_the_reason_is_one_that_helps() {
    let project = Project::new();
    let python = &*PYTHON;
    let empty = |function: &str, program: &[&str], code: i32, reason: &str| {
        let done = project.run(function, &[], program);
        assert_eq!(done.code, Some(code), "{}", done.messages);
        assert!(done.lines.is_empty() && !project.path().join("calls.jsonl").exists());
        done.says(reason);
    };
    let imports = [python.as_str(), "-c", "import shop.pricing"];
    empty(
        "shop.pricing:power",
        &imports,
        1,
        "was imported, but power was never called",
    );
    empty(
        "shop.pricing:powr",
        &imports,
        1,
        "shop.pricing has no powr; did you mean power?",
    );
    empty(
        "shop.pricing:Cart.totl",
        &imports,
        1,
        "shop.pricing.Cart has no totl; did you mean total?",
    );
    empty(
        "shop.pricing:Cart",
        &imports,
        1,
        "Cart is a class; name a function or a method",
    );
    empty(
        "shop.pricing:MARK",
        &imports,
        1,
        "MARK is an object of the class object",
    );
    empty(
        "shop.cart:total",
        &imports,
        1,
        "no module shop.cart was found by Python",
    );
    empty(
        "absent.cart:total",
        &imports,
        1,
        "no module absent.cart was found by Python",
    );
    project.write("shop/cart.py", "raise OSError('no disk')\n");
    empty(
        "shop.cart:total",
        &imports,
        1,
        "shop.cart was never imported. Of shop these were: shop, shop.pricing",
    );
    empty(
        "shop.cart:total",
        &[python, "-c", ""],
        1,
        "was never imported, nor was anything else of shop",
    );
    let raising = [python, "-c", "import shop.cart"];
    empty(
        "shop.cart:total",
        &raising,
        1,
        "shop.cart could not be imported: OSError: no disk",
    );
    empty(
        "shop.pricing:total",
        &[python, "shop/pricing.py"],
        1,
        "never imported",
    );
    empty(
        "shop.pricing:total",
        &[python, "-m", "shop.pricing"],
        1,
        "but total was never called",
    );
    project.write("alone.py", "def total():\n    pass\ntotal()\n");
    for program in [["alone.py"].as_slice(), &["-m", "alone"]] {
        empty(
            "alone:total",
            &[&[python.as_str()], program].concat(),
            1,
            "alone is the program itself (__main__)",
        );
    }
    empty(
        "shop.pricing:total",
        &["true"],
        1,
        "started no Python that could record",
    );
    empty(
        "shop.pricing:total",
        &[python, "-I", "-c", ""],
        1,
        "started no Python that could record",
    );
    empty(
        "shop.pricing:total",
        &["sh", "-c", "exit 3"],
        3,
        "nothing was recorded",
    );
    empty(
        "shop.pricing:total",
        &["./absent"],
        2,
        "./absent cannot be started",
    );
    let unpicklable = "import shop.pricing as s; s.marked(3 for n in '')";
    empty(
        "shop.pricing:marked",
        &[python, "-c", unpicklable],
        1,
        "kept: nothing\nleft out: 1 that cannot be pickled",
    );
    for wrong in [
        "total",
        "shop/pricing.py:total",
        "pricing.py:total",
        "shop.:total",
        "shop:1",
        "a:b'",
    ] {
        empty(wrong, &["true"], 2, "name the module as it is imported");
    }
}

/// Starts a program that calls, prints a line and waits; sends a signal to its process or to the whole group.
fn interrupted(signal: &str, group: bool) -> Recorded {
    let project = Project::new();
    // In the background of a shell that has no terminal, Ctrl-C is ignored.
    let text = "import signal, time\nsignal.signal(signal.SIGINT, signal.SIG_DFL)\n\
                from shop.pricing import power\npower(1)\nprint('called', flush=True)\ntime.sleep(60)\n";
    project.write("program.py", text);
    let mut child = project
        .command("shop.pricing:power", &[], &[&PYTHON, "program.py"])
        .process_group(0)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.as_mut().unwrap())
        .read_line(&mut line)
        .unwrap();
    assert_eq!(line, "called\n");
    let target = format!("{}{}", if group { "-" } else { "" }, child.id());
    let sent = Command::new("kill")
        .args([signal, "--", &target])
        .status()
        .unwrap();
    assert!(sent.success());
    project.read(&child.wait_with_output().unwrap())
}

#[test]
fn ctrl_c_and_a_request_to_end_keep_what_was_recorded() {
    // A terminal sends Ctrl-C to the whole group; a request to end may go to this process only.
    for (signal, group, code) in [("-INT", true, 130), ("-TERM", false, 143)] {
        let done = interrupted(signal, group);
        assert_eq!(done.code, Some(code), "{}", done.messages);
        assert_eq!(done.lines, [r#"{"args": [1]}"#]);
        done.says("kept: 1 distinct call");
    }
}
