"""The table of what the gate caught, and the list of what it did not."""

import results
from equivalents import EQUIVALENT

COLUMNS = [
    "pair",
    "side",
    "mutants",
    "unviable",
    "equivalent",
    "by answer",
    "by fault",
    "by time",
    "survived",
    "caught",
]


def show(pairs):
    """Print the table in Markdown and the survivors; return 1 if they are more than one in twenty."""
    rows, survivors, used, seen = [], [], set(), set()
    for pair in pairs:
        for side in ["rust", "python"]:
            loaded = results.load(pair, side)
            if loaded is None:
                print(f"{pair.name}/{side}: not run yet")
                continue
            mutants, out_of_scope = loaded
            seen.add(pair.rust if side == "rust" else pair.python)
            counts, alive = count(mutants, pair, side, used)
            rows.append([pair.name, side, counts])
            survivors += alive
            if out_of_scope:
                print(f"{pair.name}/{side}: {out_of_scope} mutants of inputs and cases are out of scope")
    print("\n" + "\n".join(table(rows)))
    for mutant in survivors:
        print(f"\nsurvived: {mutant.name}\n  - {mutant.before}\n  + {mutant.after}")
    stale = [entry for entry in EQUIVALENT if entry.file in seen and entry not in used]
    for entry in stale:
        print(f"\nno survivor any more, or never one: {entry}")
    total = sum(row[2]["caught"] for row in rows)
    return int(bool(stale) or len(survivors) > 0.05 * (total + len(survivors)))


def count(mutants, pair, side, used):
    """Count the ends, and return the survivors that are not equivalents; note which equivalents were met."""
    ends = ["unviable", "answer", "fault", "time"]
    counts = {end: sum(mutant.end == end for mutant in mutants) for end in ends}
    alive = []
    for mutant in mutants:
        if mutant.end != "survived":
            continue
        entry = next((entry for entry in EQUIVALENT if entry.covers(pair, side, mutant)), None)
        if entry is None:
            alive.append(mutant)
        else:
            used.add(entry)
    survived = sum(mutant.end == "survived" for mutant in mutants)
    counts["mutants"] = len(mutants)
    counts["equivalent"] = survived - len(alive)
    counts["survived"] = len(alive)
    counts["caught"] = counts["answer"] + counts["fault"] + counts["time"]
    return counts, alive


def table(rows):
    """Write the table, with a row for each side and one for all."""
    sums = []
    for side in ["rust", "python"]:
        counts = [row[2] for row in rows if row[1] == side]
        if counts:
            sums.append(["all", side, {key: sum(c[key] for c in counts) for key in counts[0]}])
    order = ["mutants", "unviable", "equivalent", "answer", "fault", "time", "survived"]
    lines = ["| " + " | ".join(COLUMNS) + " |", "|---|---|" + "---:|" * (len(COLUMNS) - 2)]
    for name, side, counts in rows + sums:
        changing = counts["caught"] + counts["survived"]
        share = f"{counts['caught']} of {changing}"
        if changing:
            share += f", {100 * counts['caught'] / changing:.1f} %"
        cells = [name, side, *(str(counts[key]) for key in order), share]
        lines.append("| " + " | ".join(cells) + " |")
    return lines
