"""Mutants of a pair's Rust side, made by cargo-mutants."""

import json
import re
import shutil
import subprocess

import results
from workspace import PROFILE, TREE, WORK, environment

TIME_LIMIT_S = 60


def listed(pair):
    """List the mutants of the Rust file that are in scope, and count the others."""
    command = ["cargo", "mutants", "--list", "--json", "--diff", "--no-config", "-f", pair.rust]
    shown = subprocess.run(
        [*command, "-p", "pairbench-workloads"],
        cwd=TREE,
        check=True,
        capture_output=True,
        text=True,
    )
    everything = json.loads(shown.stdout)
    makers = input_makers((TREE / pair.rust).read_text())
    # A mutant of a constant stands in no function.
    scope = [mutant for mutant in everything if (mutant["function"] or {}).get("function_name") not in makers]
    return scope, len(everything) - len(scope)


def input_makers(text):
    """Name the functions that only make inputs and cases: mutants there change both sides alike.

    They are ``pair``, the one that ``.input(…)`` names, and those that only these call.
    """
    code = text.partition("#[cfg(test)]\nmod tests")[0]
    code = re.sub(r"//.*", "", code)
    code = re.sub(r'"(?:[^"\\\n]|\\.)*"', '""', code)  # words in texts are no calls
    bodies = {}
    for found in re.finditer(r"^( *)(?:pub(?:\(\w+\))? )?fn (\w+)(.*?)^\1}", code, re.M | re.S):
        bodies.setdefault(found[2], "")
        bodies[found[2]] += found[3]
    del bodies["pair"]  # which names all others
    uses = {
        name: {other for other in bodies if other != name and re.search(rf"(?<![.\w]){other}\b", body)}
        for name, body in bodies.items()
    }
    makers = set(re.findall(r"\.input\((\w+)\)", code))
    while True:
        called = set().union(*(uses[name] for name in makers))
        new = {name for name in called - makers if all(user in makers for user in uses if name in uses[user])}
        if not new:
            return makers | {"pair"}
        makers |= new


def test(pair, only=None):
    """Build and test every mutant that is in scope (or whose name matches ``only``)."""
    scope, out_of_scope = listed(pair)
    wanted = [mutant for mutant in scope if only is None or re.search(only, mutant["name"])]
    if not wanted:
        raise SystemExit(f"cargo-mutants finds no mutant in {pair.rust}")
    output = WORK / "rust" / pair.name
    shutil.rmtree(output, ignore_errors=True)
    output.mkdir(parents=True)
    names = "|".join(re.escape(mutant["name"]) for mutant in wanted)
    options = [
        "--in-place",  # in the copy
        "--no-config",
        "--baseline=skip",  # done before
        "--no-times",
        f"--cargo-arg={PROFILE}",
        "--cargo-arg=--test=gate",  # for the build too: all other targets would be linked for each mutant
        f"--timeout={TIME_LIMIT_S}",
        "--build-timeout=600",
        "--package=pairbench-workloads",
        "--test-package=pairbench-catalogue",
        f"--file={pair.rust}",
        f"--re=^(?:{names})$",
        f"--output={output}",
    ]
    command = ["cargo", "mutants", *options]
    ended = subprocess.run(command, cwd=TREE, env=environment(pair), check=False, capture_output=True, text=True)
    # 2: some were missed, 3: some timed out.
    if ended.returncode not in (0, 2, 3):
        raise SystemExit(f"cargo-mutants failed:\n{ended.stdout}{ended.stderr}")
    diffs = {mutant["name"]: mutant["diff"] for mutant in wanted}
    mutants = list(read(output / "mutants.out", diffs))
    if len(mutants) != len(wanted):
        raise SystemExit(f"{len(wanted)} mutants of {pair.rust}, but {len(mutants)} results")
    return mutants, out_of_scope


def read(folder, diffs):
    """Read what cargo-mutants found, and from its logs what the gate said."""
    for outcome in json.loads((folder / "outcomes.json").read_text())["outcomes"]:
        name = outcome["scenario"]["Mutant"]["name"]
        before, after = results.lines_of(diffs[name])
        after = after.replace(" /* ~ changed by cargo-mutants ~ */", "")
        summary = outcome["summary"]
        said = ""
        if summary == "CaughtMutant":
            end, said = results.classify((folder / outcome["log_path"]).read_text())
        else:
            end = {"MissedMutant": "survived", "Unviable": "unviable", "Timeout": "time"}[summary]
        yield results.Mutant(name, before, after, end, said)
