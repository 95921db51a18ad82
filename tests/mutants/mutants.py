"""Makes mutants of the pairs, tests them with the equivalence gate alone, and reports which it catches."""

import argparse
import os
import time

import dig_side
import python_side
import report
import results
import rust_side
import workspace

# One mutant per side that any gate worth its name catches.
SMOKE_PAIR = "edit_distance"
SMOKE_RUST = "replace == with != in distance$"
SMOKE_PYTHON = "ReplaceComparisonOperator_Eq_NotEq in distance$"


def main():
    """Read the arguments and do what they ask for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pair", action="append", help="only this pair (may be repeated)")
    parser.add_argument("--side", choices=["rust", "python"], help="only this side")
    parser.add_argument("--report", action="store_true", help="report on the results that are there")
    parser.add_argument("--smoke", action="store_true", help="one known mutant a side, and nothing kept")
    parser.add_argument("--dig", type=float, metavar="SECONDS", help="what digging finds after a gate on poor inputs")
    parser.add_argument("--size", type=int, default=1, help="the size of the one case for --dig (default: 1)")
    options = parser.parse_args()
    pairs = workspace.pairs()
    if hasattr(os, "sched_setaffinity"):
        # Whether some mutants of pools end at all depends on the number of workers.
        os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:2])
    if options.smoke:
        return smoke(pairs)
    if not options.report:
        known = {pair.name: pair for pair in pairs}
        for name in options.pair or []:
            if name not in known:
                parser.error(f"no pair is called {name}; there are {', '.join(known)}")
        chosen = [known[name] for name in options.pair or known]
        if options.dig:
            workspace.copy()
            return dig_side.run(chosen, options.dig, options.size)
        run(chosen, [options.side] if options.side else ["rust", "python"])
    return report.show(pairs)


def run(pairs, sides):
    """Test all mutants of these pairs and sides, and keep the results."""
    workspace.copy()
    gate = workspace.build_gate()
    for pair in pairs:
        workspace.check_unchanged(gate, pair)
    # The Python sides come first: the gate must be that of unchanged Rust sides.
    for side in sorted(sides):
        for pair in pairs:
            started = time.monotonic()
            if side == "python":
                mutants, out_of_scope = python_side.test(pair, gate)
            else:
                workspace.copy(only=pair)
                mutants, out_of_scope = rust_side.test(pair)
            results.save(pair, side, mutants, out_of_scope)
            seconds = time.monotonic() - started
            print(f"{pair.name}/{side}: {len(mutants)} mutants in {seconds:.0f} s", flush=True)


def smoke(pairs):
    """Fail unless mutants are found everywhere and a known one per side is caught."""
    started = time.monotonic()
    workspace.copy()
    for pair in pairs:
        scope, _ = rust_side.listed(pair)
        if not scope:
            raise SystemExit(f"cargo-mutants finds no mutant in {pair.rust}")
    gate = workspace.build_gate()
    (pair,) = (pair for pair in pairs if pair.name == SMOKE_PAIR)
    workspace.check_unchanged(gate, pair)
    found = python_side.test(pair, gate, SMOKE_PYTHON)[0]
    found += rust_side.test(pair, SMOKE_RUST)[0]
    for mutant in found:
        print(f"{mutant.name}: {mutant.end}: {mutant.said}")
    if [mutant.end for mutant in found] != ["answer", "answer"]:
        raise SystemExit("the gate should have caught one mutant a side by its answer")
    print(f"the gate catches what it has to, {time.monotonic() - started:.0f} s")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
