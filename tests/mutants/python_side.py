"""Mutants of a pair's Python side, made by cosmic-ray."""

import ast
import re
import subprocess
import sys

from cosmic_ray.work_db import WorkDB, use_db
from cosmic_ray.work_item import TestOutcome, WorkerOutcome, WorkResult

import results
from workspace import TREE, WORK, environment, with_only_called

TIME_LIMIT_S = 30

# Operators are replaced only by their own kind: arithmetic by arithmetic, bits by bits, comparisons by comparisons and
# identity by identity. On floats and texts the others raise TypeError at once, and any gate catches that.
ARITHMETIC, BITS = "Add|Sub|Mul|Div|FloorDiv|Mod", "BitOr|BitAnd|BitXor|RShift|LShift"
ORDER = "Eq|NotEq|Lt|LtE|Gt|GtE"
TRIED = re.compile(
    rf"ReplaceBinaryOperator_(?:(?:{ARITHMETIC}|Pow)_(?:{ARITHMETIC})|(?:{BITS})_(?:{BITS}))"
    rf"|ReplaceComparisonOperator_(?:(?:{ORDER})_(?:{ORDER})|Is_IsNot|IsNot_Is)"
    r"|(?!ReplaceBinaryOperator|ReplaceComparisonOperator).*"
)

CONFIG = """\
[cosmic-ray]
module-path = "{module}"
timeout = {limit}.0
excluded-modules = []
test-command = "{gate}"

[cosmic-ray.distributor]
name = "local"
"""


def test(pair, gate, only=None):
    """Test every mutant that is in scope (or whose name matches ``only``), and count the others."""
    session, scope, out_of_scope = listed(pair, gate)
    with use_db(session, WorkDB.Mode.open) as database:
        wanted = [item for item in scope if only is None or re.search(only, name_of(item))]
        if not wanted:
            raise SystemExit(f"cosmic-ray finds no mutant in {pair.python}")
        others = [item.job_id for item in database.work_items if item not in wanted]
        skipped = WorkResult(worker_outcome=WorkerOutcome.SKIPPED)
        database.set_multiple_results(others, skipped)
    cosmic_ray(pair, "exec", session.with_suffix(".toml"), session)
    with use_db(session, WorkDB.Mode.open) as database:
        completed = {item.job_id: result for item, result in database.completed_work_items}
    return [read(item, completed[item.job_id]) for item in wanted], out_of_scope


def listed(pair, gate=""):
    """List the mutants of a pair: the tool's file, those that are in scope, and how many others there are."""
    folder = WORK / "python"
    folder.mkdir(parents=True, exist_ok=True)
    config, session = folder / f"{pair.name}.toml", folder / f"{pair.name}.sqlite"
    config.write_text(CONFIG.format(module=pair.python, limit=TIME_LIMIT_S, gate=gate))
    session.unlink(missing_ok=True)
    cosmic_ray(pair, "init", config, session)
    with use_db(session, WorkDB.Mode.open) as database:
        possible = [item for item in database.work_items if tried(item)]
    # Functions that time single requests give no answer.
    timers = only_of(pair, lambda name: name.startswith("latencies_"))
    scope = [item for item in possible if item.mutations[0].definition_name not in timers]
    return session, scope, len(possible) - len(scope)


def only_of(pair, belongs):
    """Name the functions of a pair's Python side for which ``belongs`` holds, and those that only they call."""
    text = (TREE / pair.python).read_text()
    functions = {node.name: node for node in ast.parse(text).body if hasattr(node, "args")}
    uses = {
        name: {node.id for node in ast.walk(function) if isinstance(node, ast.Name)} & functions.keys() - {name}
        for name, function in functions.items()
    }
    return with_only_called(uses, set(filter(belongs, functions)))


def cosmic_ray(pair, *arguments):
    """Run the tool in the copy of the workspace, where it changes the file for each mutant and back."""
    command = [sys.executable, "-m", "cosmic_ray.cli", *map(str, arguments)]
    ended = subprocess.run(command, cwd=TREE, env=environment(pair), check=False, capture_output=True, text=True)
    if ended.returncode != 0:
        raise SystemExit(f"cosmic-ray failed:\n{ended.stdout}{ended.stderr}")


def tried(item):
    """Whether the rule above lets a mutant be tried."""
    (mutation,) = item.mutations
    return TRIED.fullmatch(mutation.operator_name.partition("/")[2])


def name_of(item):
    """Name a mutant as cargo-mutants does: file, place, and what was done to which function."""
    (mutation,) = item.mutations
    line, column = mutation.start_pos
    operator = mutation.operator_name.partition("/")[2]
    function = f" in {mutation.definition_name}" if mutation.definition_name else ""
    number = f" {mutation.operator_args}" if mutation.operator_args else ""
    return f"{mutation.module_path}:{line}:{column + 1}: {operator}{number}{function}"


def read(item, result):
    """Return the result of one mutant."""
    if result.worker_outcome != WorkerOutcome.NORMAL or result.test_outcome == TestOutcome.INCOMPETENT:
        raise SystemExit(f"{name_of(item)} was not tested: {result.output}")
    before, after = results.lines_of(result.diff)
    if result.test_outcome == TestOutcome.SURVIVED:
        end, said = "survived", ""
    elif result.output == "timeout":
        end, said = "time", ""
    else:
        end, said = results.classify(result.output)
    return results.Mutant(name_of(item), before, after, end, said)
