//! `new package.module:function --input FILE`: the pair that it adds, and what it refuses.

use super::{PAIRS, Project, contains};

/// A Rust crate beside a Python package that is not installed, and a file of calls.
fn shop(calls: &str, text: &str) -> Project {
    let project = Project::new(&[
        (
            "Cargo.toml",
            "[package]\nname = \"shop\"\nversion = \"0.1.0\"\nedition = \"2024\"\n",
        ),
        ("src/lib.rs", ""),
        ("python/shop/__init__.py", "raise SystemExit('nothing may run')\n"),
        ("python/shop/pricing.py", PRICING),
        (calls, text),
    ]);
    project.tool(0, &["init", "--yes"]);
    project
}

const PRICING: &str = r#"
from __future__ import annotations
import missing_module
from typing import Optional, Sequence
from ._impl import *

def total(prices: Sequence[float], rate: "float | None" = None, *, match: bool = False, names: dict[str, list[int]] = {}) -> float:
    """Adds up."""

def pick(order, limit: int) -> tuple[int, str]:
    pass

def digest(content: bytes, name: str, rounds: int, salt_of_it: str) -> bytes: ...

def words(lines: list[str]): ...

try:
    from ._native import slug
except ImportError:
    def slug(text: str) -> str:
        return text

alias = slug
"#;

/// The file of pairs, which must be formatted as rustfmt does it.
fn formatted(project: &Project) -> String {
    let output = std::process::Command::new("rustfmt")
        .args(["--check", "--edition", "2024", "benches/pairs.rs"])
        .current_dir(project.path())
        .output()
        .expect("rustfmt runs");
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stdout)
    );
    project.read("benches/pairs.rs")
}

fn pairs(code: &str) -> String {
    PAIRS.replace("suite!().run()", &format!("suite!()\n{code}        .run()"))
}

#[test]
fn types_are_those_of_the_annotations() {
    let call = "{\"args\": [[1, 2], 0.5], \"kwargs\": {\"names\": {}, \"match\": true}}\n";
    let project = shop("benches/total.jsonl", call);
    let text = project.tool(
        0,
        &["new", "shop.pricing:total", "--input", "benches/total.jsonl"],
    );
    let wanted = "        .pair(
            \"total\",
            Pair::of(\"shop.pricing:total\")
                .calls(\"benches/total.jsonl\")
                .rust(
                    |prices: &[f64],
                     rate: Option<f64>,
                     match_: bool,
                     names: &std::collections::HashMap<String, Vec<i64>>|
                     -> f64 { todo!() },
                ),
        )
";
    assert_eq!(formatted(&project), pairs(wanted));
    contains(
        &text,
        &[
            "+ Pair::of(\"shop.pricing:total\")",
            "is declared in",
            "pricing.py, line 7",
            "each element of benches/total.jsonl is a call",
            "the port is todo!()",
            "cargo bench -- --test total",
        ],
    );
}

#[test]
fn a_long_port_is_on_the_lines_of_rustfmt() {
    let project = shop("calls.jsonl", "{\"args\": [\"x\", \"a\", 3, \"salt\"]}\n");
    project.tool(0, &["new", "shop.pricing:digest", "--input", "calls.jsonl"]);
    contains(
        &formatted(&project),
        &["|content: &[u8], name: &str, rounds: i64, salt_of_it: &str| -> Vec<u8> { todo!() },"],
    );
}

#[test]
fn only_what_the_call_has_becomes_an_argument() {
    let project = shop("data/calls.jsonl", "[1.5, 2]\n");
    let arguments = [
        "new",
        "shop.pricing:total",
        "--name",
        "sum",
        "--input",
        "../data/calls.jsonl",
    ];
    let output = project.tool_in("src", &arguments);
    assert!(output.status.success(), "{output:?}");
    contains(
        &formatted(&project),
        &[
            "\"sum\",",
            ".calls(\"data/calls.jsonl\")",
            ".rust(|prices: &[f64]| -> f64 { todo!() }),",
        ],
    );
}

#[test]
fn where_a_type_is_not_known_the_port_is_left_to_the_user() {
    let project = shop("calls.jsonl", "{\"args\": [{\"id\": 1, \"name\": \"x\"}, 3]}\n");
    let text = project.tool(0, &["new", "shop.pricing:pick", "--input", "calls.jsonl"]);
    let wanted = "        .pair(
            \"pick\",
            // Not every type of the arguments is known, so the port is left to you:
            // .rust(|order: &Order, limit: i64| -> (i64, String) { todo!() })
            Pair::of(\"shop.pricing:pick\").calls(\"calls.jsonl\"),
        )
";
    assert_eq!(formatted(&project), pairs(wanted));
    contains(
        &text,
        &[
            "one type in Rust for order",
            "the pair has no port, which is fine",
        ],
    );

    // With plain values, the types of the same function come from them.
    let project = shop("calls.jsonl", "{\"args\": [[\"a\"], 3]}\n");
    project.tool(0, &["new", "shop.pricing:pick", "--input", "calls.jsonl"]);
    contains(&formatted(&project), &["|order: &[String], limit: i64|"]);

    let project = shop("calls.jsonl", "{\"pickle\": \"gAN9cQAu\"}\n");
    let text = project.tool(0, &["new", "shop.pricing:pick", "--input", "calls.jsonl"]);
    contains(
        &text,
        &["the calls are pickled", "+ // .rust(|order: &Order, limit: i64|"],
    );
}

#[test]
fn text_is_a_call_a_line_or_one_list() {
    let project = shop("words.txt", "one\ntwo\n");
    project.tool(0, &["new", "shop.pricing:slug", "--input", "words.txt"]);
    let text = project.tool(0, &["new", "shop.pricing:words", "--input", "words.txt"]);
    contains(
        &formatted(&project),
        &[
            ".calls(\"words.txt\") .rust(|text: &str| -> String { todo!() }),",
            ".input_file(\"words.txt\") .rust(|lines: &[String]| -> () { todo!() }),",
        ],
    );
    contains(
        &text,
        &[
            "write .calls instead of .input_file",
            "it returns is not annotated",
        ],
    );
}

#[test]
fn a_name_that_leads_to_a_function_is_followed() {
    let project = shop("words.txt", "one\n");
    project.tool(0, &["new", "shop.pricing:alias", "--input", "words.txt"]);
    contains(
        &formatted(&project),
        &["Pair::of(\"shop.pricing:alias\")", "|text: &str| -> String"],
    );
    project.write(
        "python/shop/api.py",
        "from shop.pricing import slug as make_slug\n",
    );
    project.tool(0, &["new", "shop.api:make_slug", "--input", "words.txt"]);
    contains(&formatted(&project), &["Pair::of(\"shop.api:make_slug\")"]);
}

#[test]
fn a_file_beside_the_bench_can_have_the_function() {
    let project = shop("words.txt", "one\n");
    project.write(
        "benches/reference.py",
        "def count(text: str) -> int:\n    return len(text)\n",
    );
    project.tool(0, &["new", "reference.py:count", "--input", "words.txt"]);
    contains(
        &formatted(&project),
        &[
            "Pair::of(\"reference.py:count\")",
            "|text: &str| -> i64 { todo!() }",
        ],
    );
    contains(
        &project.tool(2, &["new", "other.py:count", "--input", "words.txt"]),
        &["other.py"],
    );
}

#[test]
fn what_the_user_wrote_stays() {
    let project = shop("words.txt", "one\n");
    let own = "use pairbench::prelude::*; // ours\n\nfn main() -> ExitCode {\n\tlet suite = suite!() // all\n\t\t.pair(\"a\", \
               Pair::of(\"a:b\").rust(|x: i64| { run(x).run(); x }))\n\t\t/* .run() */\n\t\t.run();\n\tsuite\n}\n";
    project.write("benches/pairs.rs", own);
    project.tool(0, &["new", "shop.pricing:slug", "--input", "words.txt"]);
    let after = project.read("benches/pairs.rs");
    let (before, rest) = own.split_at(own.find("\t\t.run();").unwrap());
    assert!(after.starts_with(before) && after.ends_with(rest), "{after}");
    contains(&after, &["/* .run() */ .pair( \"slug\","]);
}

#[test]
fn what_is_missing_is_named_and_nothing_is_written() {
    let project = shop("words.txt", "one\n");
    project.tool(0, &["new", "shop.pricing:slug", "--input", "words.txt"]);
    let before = project.files();
    let input = |target: &str, why: &[&str]| {
        contains(&project.tool(2, &["new", target, "--input", "words.txt"]), why);
        assert_eq!(project.files(), before);
    };
    input(
        "shop.pricing:slug",
        &["has a pair \"slug\" already", "--name NAME"],
    );
    contains(
        &project.tool(
            2,
            &[
                "new",
                "shop.pricing:total",
                "--input",
                "words.txt",
                "--name",
                "Total-1",
            ],
        ),
        &["\"Total-1\" cannot be the name of a pair", "--name NAME"],
    );
    assert_eq!(project.files(), before);
    input(
        "shop.prices:slug",
        &["finds no module shop.prices", "activate the environment"],
    );
    input("shop:slug", &["has no function slug"]);
    input(
        "shop.pricing:",
        &["names no function; write package.module:function"],
    );
    input("../x.py:f", &["names no function"]);
    contains(
        &project.tool(2, &["new", "shop.pricing:total"]),
        &["--input FILE", "record shop.pricing:total"],
    );
    contains(
        &project.tool(2, &["new", "shop.pricing:total", "--input", "none.jsonl"]),
        &["--input none.jsonl"],
    );
    project.write("benches/pairs.rs", "fn main() {}\n");
    contains(
        &project.tool(2, &["new", "shop.pricing:total", "--input", "words.txt"]),
        &["there is no single place for a pair", "Add it by hand"],
    );
    std::fs::remove_file(project.path().join("benches/pairs.rs")).unwrap();
    contains(
        &project.tool(2, &["new", "shop.pricing:total", "--input", "words.txt"]),
        &["there is no", "pairbench init` makes it"],
    );
}

#[test]
fn a_forecast_is_kept_beside_the_pair() {
    let project = shop("words.txt", "one\n");
    project.write(
        "python/sums.py",
        "def sums(count):\n    return sum(n * n for n in range(count))\n",
    );
    project.write("counts.jsonl", "20000\n");
    let add = |function: &str, input: &str| {
        let output = project
            .command(".", &["new", function, "--input", input])
            .output();
        let output = output.unwrap();
        let text = String::from_utf8(output.stdout).unwrap();
        assert_eq!(output.status.code(), Some(0), "{text}");
        text
    };
    contains(
        &add("sums:sums", "counts.jsonl"),
        &["forecast: a port gains", "benches/forecasts/sums.json"],
    );
    let kept: serde_json::Value = serde_json::from_str(&project.read("benches/forecasts/sums.json")).unwrap();
    assert_eq!(kept["workload"], "sums:sums");
    assert_eq!(kept["port"]["over"]["2"], "yes", "{kept}");
    // A function that cannot run still gets a pair.
    contains(&add("shop.pricing:slug", "words.txt"), &["no forecast:", "next:"]);
    assert!(!project.has("benches/forecasts/slug.json"));
}
