"""What became of each mutant, by pair and side."""

import json
import re
from dataclasses import asdict, dataclass

from workspace import WORK

# What the gate prints first when it catches something.
SHUT = "the gate is shut: "


@dataclass
class Mutant:
    """One mutant and its end.

    ``end`` is one of: "answer" (the gate saw another answer or a changed input), "fault" (a variant raised, panicked
    or died), "time" (it was ended by the time limit), "unviable" (it does not compile), "survived".
    """

    name: str
    before: str
    after: str
    end: str
    said: str


def classify(output):
    """Return how the gate caught a mutant, from its output; everything else is an error of this run."""
    if SHUT in output:
        said = output.partition(SHUT)[2].splitlines()[0]
        answer = re.search(
            "disagrees with the baseline|gave another answer|changed its input|changes its input",
            said,
        )
        return ("answer" if answer else "fault"), said
    death = re.search(r"signal: \d+.*|has overflowed its stack|SIGABRT|SIGSEGV|panicked at .*", output)
    if death:
        return "fault", death[0]
    raise SystemExit(f"neither passed nor caught:\n{output[-4000:]}")


def lines_of(diff):
    """Return the lines that a mutant removes and adds, each without its indentation."""
    changed = [line for line in diff.splitlines() if not line.startswith(("---", "+++"))]
    before = [line[1:].strip() for line in changed if line.startswith("-")]
    after = [line[1:].strip() for line in changed if line.startswith("+")]
    return " ".join(before), " ".join(after)


def path(pair, side):
    """Name the file of one pair's and side's results."""
    return WORK / "results" / f"{pair.name}.{side}.json"


def save(pair, side, mutants, out_of_scope):
    """Keep the results of one pair and side."""
    target = path(pair, side)
    target.parent.mkdir(parents=True, exist_ok=True)
    content = {"out_of_scope": out_of_scope, "mutants": [asdict(mutant) for mutant in mutants]}
    target.write_text(json.dumps(content, indent=1, ensure_ascii=False))


def load(pair, side):
    """Return the kept results, or ``None`` if there are none."""
    source = path(pair, side)
    if not source.exists():
        return None
    content = json.loads(source.read_text())
    return [Mutant(**mutant) for mutant in content["mutants"]], content["out_of_scope"]
