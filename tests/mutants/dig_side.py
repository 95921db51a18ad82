"""Mutants of the pairs' Python sides that the gate misses on poor inputs, and which of them digging finds."""

import difflib
import json
import os
import re
import signal
import subprocess
import sys
import tempfile
from statistics import median

from cosmic_ray.mutating import use_mutation
from cosmic_ray.plugins import get_operator

import python_side
import results
from equivalents import EQUIVALENT
from workspace import PROFILE, TREE, environment

# At most this many mutants of a pair are tried, evenly spaced in the tool's list.
MOST = 60
TIME_LIMIT_S = 60
COLUMNS = "mutants tried|caught by the poor gate|missed|of these found by digging|median s|longest s|still missed"


def run(pairs, seconds, size):
    """Print a row of the table for each pair, and to standard error what became of the mutants that the gate missed."""
    for pair in pairs:
        file = TREE / pair.rust
        text, count = re.subn(r'(\.cases\("[^"]*", &)\[[^\]]*\]', rf"\g<1>[{size}]", file.read_text())
        if count != 1:
            raise SystemExit(f"{pair.rust} does not have its cases in one place")
        file.write_text(text)
    bench = build()
    print(f"| pair | {COLUMNS.replace('|', ' | ')} |\n|---|{'---:|' * (COLUMNS.count('|') + 1)}", flush=True)
    for pair in pairs:
        code, found = ended(bench, pair, "--test"), dig(bench, pair, seconds)
        if code != 0 or found is not None:
            print(f"{pair.name} is left out: as it is, the gate says {code} and digging {found}", file=sys.stderr)
            continue
        scope = in_scope(pair)
        number = min(MOST, len(scope))
        chosen = [scope[at * len(scope) // number] for at in range(number)]
        ends = [end for item in chosen if (end := end_of(item, bench, pair, seconds)) != "caught"]
        print(row(pair, number, ends), flush=True)


def in_scope(pair):
    """List the mutants of a pair without those of steps, which are not compared, and of what only they use."""
    declared = re.search(r"\.python\(&\[(.*?)\]\)", (TREE / pair.rust).read_text(), re.DOTALL)
    steps = re.findall(r'"(\w+)"', declared[1])
    others = python_side.only_of(pair, lambda name: name.removeprefix("setup_") in steps)
    _, scope, _ = python_side.listed(pair)
    return [item for item in scope if item.mutations[0].definition_name not in others]


def build():
    """Build the catalogue's bench in the copy and return its executable."""
    command = ["cargo", "bench", "--profile", "dev", PROFILE, "--bench", "pairs", "--no-run", "--message-format=json"]
    built = subprocess.run(command, cwd=TREE, check=False, stdout=subprocess.PIPE, text=True)
    made = [json.loads(line) for line in built.stdout.splitlines() if line.startswith("{")]
    paths = [one["executable"] for one in made if one.get("executable") and one["target"]["name"] == "pairs"]
    if built.returncode != 0 or len(paths) != 1:
        raise SystemExit("the bench does not build")
    return paths[0]


def end_of(item, bench, pair, seconds):
    """Return the end of one mutant: "caught" by the gate, else the result of digging, "survived" or "equivalent"."""
    (mutation,) = item.mutations
    operator = get_operator(mutation.operator_name)(**mutation.operator_args)
    with use_mutation(TREE / mutation.module_path, operator, mutation.occurrence) as (old, new):
        if ended(bench, pair, "--test") != 0:
            return "caught"
        end = dig(bench, pair, seconds)
    lines = results.lines_of("\n".join(difflib.unified_diff(old.split("\n"), new.split("\n"), n=0, lineterm="")))
    mutant = results.Mutant(python_side.name_of(item), *lines, "survived", "")
    if end is None:
        covered = any(entry.covers(pair, "python", mutant) for entry in EQUIVALENT)
        end = "equivalent" if covered else "survived"
    print(f"{mutant.name}: {end}\n  - {mutant.before}\n  + {mutant.after}", file=sys.stderr, flush=True)
    return end


def dig(bench, pair, seconds):
    """Return the seconds until digging found something, "time" if it had to be stopped or failed, or ``None``."""
    with tempfile.TemporaryDirectory() as folder:
        code = ended(bench, pair, "--bench", "--dig", f"{seconds}s", "--found", folder)
        if code == 0:
            return None
        file = os.path.join(folder, f"{pair.name}.found.jsonl")
        if code != 1 or not os.path.exists(file):
            return "time"
        with open(file, encoding="utf-8") as lines:
            found = [line["found"]["seconds"] for line in map(json.loads, lines) if "found" in line]
        return min(found, default="time")


def ended(bench, pair, *arguments):
    """Run the bench on one pair and return its exit code, or ``None`` if the time limit ended it."""
    command = [bench, *arguments, "--exact", pair.name, "--variants", "rust"]
    env = {**environment(pair), "PAIRBENCH_ALLOW_DEBUG": "1"}
    quiet = subprocess.DEVNULL
    # A group of its own, so that its workers end with it.
    process = subprocess.Popen(command, cwd=TREE, env=env, stdout=quiet, stderr=quiet, start_new_session=True)
    try:
        return process.wait(TIME_LIMIT_S)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        return None


def row(pair, number, ends):
    """Write a row of the table."""
    seconds = [end for end in ends if isinstance(end, float)]
    by_time, equivalent = ends.count("time"), ends.count("equivalent")
    missed = ends.count("survived") + equivalent
    found = f"{len(seconds) + by_time}" + (f" ({by_time} by time)" if by_time else "")
    times = [f"{median(seconds):.1f}", f"{max(seconds):.1f}"] if seconds else ["–", "–"]
    left = f"{missed}" + (f" ({equivalent} equivalent)" if equivalent else "")
    cells = [pair.name, str(number), str(number - len(ends)), str(len(ends)), found, *times, left]
    return "| " + " | ".join(cells) + " |"
