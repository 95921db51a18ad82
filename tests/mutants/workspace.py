"""The copy of the workspace in which mutants are made, so that a run that is cut off harms nothing."""

import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
WORK = ROOT / "target" / "mutants"
TREE = WORK / "tree"

# Sums wrap as in a measured build. The rest is that of a debug build, which is the fastest to make.
LEFT_OUT = ("docs/", "reports/", "workloads/service/", "python/service/")
PROFILE = "--config=profile.dev.package.pairbench-workloads.overflow-checks=false"


@dataclass(frozen=True)
class Pair:
    """A pair by its name and the paths of its files in the workspace."""

    name: str
    rust: str
    python: str


def pairs():
    """Find all pairs: a Rust file in a folder below ``workloads``, whose Python twin has the same path.

    Servers are left out: the gate calls functions.
    """
    found = []
    for rust in sorted((ROOT / "workloads").glob("*/**/*.rs")):
        below = rust.relative_to(ROOT / "workloads")
        if below.parts[0] == "service":
            continue
        python = Path("python") / below.with_suffix(".py")
        if not (ROOT / python).exists():
            raise SystemExit(f"{rust} has no twin {python}")
        found.append(Pair(rust.stem, str(Path("workloads") / below), str(python)))
    return found


def copy(only=None):
    """Copy the files that Git tracks, and new ones; name the pairs' modules where cargo-mutants sees them.

    With ``only``, other pairs are left out: then only one pair is rebuilt for each mutant, not all.
    """
    kept = [pair for pair in pairs() if only in (None, pair)]
    others = {file for pair in pairs() if pair not in kept for file in (pair.rust, pair.python)}
    listing = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(listing, cwd=ROOT, check=True, capture_output=True, text=True).stdout
    wanted = {name for name in names.split("\0") if name and (ROOT / name).is_file()} - others
    wanted = {name for name in wanted if not name.startswith(LEFT_OUT)}
    for old in [path for path in TREE.rglob("*") if path.is_file()]:
        if str(old.relative_to(TREE)) not in wanted:
            old.unlink()
    for name in wanted:
        source, target = ROOT / name, TREE / name
        text = source.read_bytes()
        if name == "workloads/lib.rs":
            text += modules(kept).encode()
        # An unchanged file keeps its time, so that Cargo does not build it again.
        if not target.exists() or target.read_bytes() != text:
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(text)
            shutil.copymode(source, target)


def modules(pairs):
    """Declare pairs once more, for cargo-mutants alone: it does not see files that a macro includes."""
    lines = []
    for pair in pairs:
        below = pair.rust.partition("/")[2]
        lines += ["#[cfg(any())]", f'#[path = "{below}"]', f"mod {pair.name};"]
    return "\n// Not compiled.\n" + "\n".join(lines) + "\n"


def with_only_called(uses, functions):
    """Add to some functions those that only they use, by what each uses."""
    found = set(functions)
    while True:
        called = set().union(*(uses[name] for name in found))
        new = {name for name in called - found if all(user in found for user in uses if name in uses[user])}
        if not new:
            return found
        found |= new


def environment(pair):
    """Return the environment of the gate and its build: one pair, and the interpreter that has all modules."""
    return {
        **os.environ,
        "PAIRBENCH_GATE_PAIR": pair.name,
        "PAIRBENCH_INTERPRETER": str(WORK / "venv" / "bin" / "python"),
        "PYTHONDONTWRITEBYTECODE": "1",
        "CARGO_TERM_COLOR": "never",
    }


def build_gate():
    """Build the gate and return its executable with the environment that finds its libraries."""
    command = ["cargo", "test", PROFILE, "--test", "gate", "--no-run"]
    built = subprocess.run(command, cwd=TREE, check=False, capture_output=True, text=True)
    found = re.search(r"Executable .*\((.*)\)", built.stderr)
    if built.returncode != 0 or found is None:
        raise SystemExit(f"the gate does not build:\n{built.stderr}")
    return found[1]


def check_unchanged(gate, pair):
    """End the run unless the pair passes the gate as it is."""
    ended = subprocess.run([gate], cwd=TREE, env=environment(pair), check=False, capture_output=True, text=True)
    if ended.returncode != 0 or "1 passed" not in ended.stdout:
        raise SystemExit(f"{pair.name} does not pass the gate unchanged:\n{ended.stdout}{ended.stderr}")
