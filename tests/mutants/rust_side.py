"""Mutants of a pair's Rust side, made by cargo-mutants."""

import json
import re
import shutil
import subprocess

import results
import workspace
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
    text = (TREE / pair.rust).read_text()
    others = without_answer(text)
    scope = [mutant for mutant in everything if not others & place(mutant, text)]
    return scope, len(everything) - len(scope)


def place(mutant, text):
    """Name the function, method or constant that a mutant changes, as ``without_answer`` does."""
    if mutant["function"]:
        name = mutant["function"]["function_name"]
        return {name, f"{name.rpartition('::')[2]}(self)"} if "::" in name else {name}
    above = "\n".join(text.split("\n")[: mutant["span"]["start"]["line"]])
    return {re.findall(r"^ *(?:const|static) (\w+):", above, re.M)[-1]}


def without_answer(text):
    """Name the functions and constants that only make inputs and cases, or only time single requests.

    They are ``pair``, those that ``.input(…)`` and ``.rust_latencies(…)`` name, and those that only these call.
    """
    code = text.partition("#[cfg(test)]\nmod tests")[0]
    code = re.sub(r"//.*", "", code)
    code = re.sub(r'"(?:[^"\\\n]|\\.)*"', '""', code)  # words in strings are not calls
    bodies = dict(re.findall(r"^(?:const|static) (\w+): (.*?;)$", code, re.M | re.S))
    for found in re.finditer(r"^( *)(?:pub(?:\(\w+\))? )?(?:async )?fn (\w+)(.*?)^\1}", code, re.M | re.S):
        # A method may have the name of a function.
        name = f"{found[2]}(self)" if re.match(r"\([^,)]*\bself\b", found[3]) else found[2]
        bodies[name] = bodies.get(name, "") + found[3]
    del bodies["pair"]  # which names all others
    uses = {name: {other for other in bodies if other != name and used(other, body)} for name, body in bodies.items()}
    inputs = re.findall(r"\.input\((\w+)\)", code)
    timers = re.findall(r'\.rust_latencies\("", \w+, (\w+)\)', code)
    return workspace.with_only_called(uses, {*inputs, *timers}) | {"pair"}


def used(function, body):
    """Whether a body names a constant, or calls or passes on a function; a variable of that name does not count."""
    if function.endswith("(self)"):
        return f".{function.removesuffix('self)')}" in body
    if function.isupper():
        return bool(re.search(rf"\b{function}\b", body))
    closure = re.search(rf"\blet {function} = \|", body)
    called = re.search(rf"(?<![.\w]){function}(?:::<.*?>)?\(", body)
    variable = re.search(rf"\b(?:let|for) [^=;{{]*\b{function}\b|\b{function}:|\|{function}\b", body)
    passed = re.search(rf"[(,]\s*{function}\s*[,)]", body)
    return bool((called and not closure) or (passed and not variable))


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
        if name not in diffs:  # it tests those that delete a field even if not selected
            continue
        before, after = results.lines_of(diffs[name])
        after = after.replace(" /* ~ changed by cargo-mutants ~ */", "")
        summary = outcome["summary"]
        said = ""
        if summary == "CaughtMutant":
            end, said = results.classify((folder / outcome["log_path"]).read_text())
        else:
            end = {"MissedMutant": "survived", "Unviable": "unviable", "Timeout": "time"}[summary]
        yield results.Mutant(name, before, after, end, said)
