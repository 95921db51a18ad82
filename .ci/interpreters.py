"""Verifies a few pairs with every interpreter of this machine, measures two, and checks the result of each.

Beside what is found, and Debian's newest, there are two environments: the one with NumPy that runs this, and one that
has the extension module installed. `BENCH` is the command that measures, by default `cargo bench`; `INTERPRETERS`
are names to use instead of `all`, for a machine that has too many.
"""

import glob
import json
import os
import shlex
import shutil
import subprocess
import sys
import venv

WANTED = [("CPython", f"3.{minor}", False) for minor in range(8, 16)]
WANTED += [("CPython", "3.13", True), ("CPython", "3.14", True), ("CPython", "3.15", True)]
WANTED += [("PyPy", "", False), ("GraalPy", "", False)]
VERIFIED = "^(n_body|json_events|hashing)$"
MEASURED = "^(hashing|matrix_product)$"


def main(work, module):
    """Run all checks: `work` is a folder for output, `module` that of an extension module for this interpreter."""
    newest = subprocess.run([os.path.join(".ci", "unstable"), work], check=True, stdout=subprocess.PIPE, text=True)
    # By name: with another PATH, Cargo would rebuild what depends on PyO3.
    patterns = [
        os.path.join(folder, f"{kind}3.[0-9][0-9]") for folder in newest.stdout.split() for kind in ("python", "pypy")
    ]
    newest = sorted(path for pattern in patterns for path in glob.glob(pattern))
    here = tell_missing(newest)
    environment = os.path.join(work, "with-module")
    prebuilt = with_module(environment, module)
    chosen = os.environ.get("INTERPRETERS", "all").split()
    # An extension module takes a minute to build: only for the oldest, the newest and builds without a GIL.
    bench("--test", VERIFIED, "--variants", "rust", *options(chosen))
    names = options([*(ends(here) if chosen == ["all"] else chosen), sys.executable, prebuilt])
    bench("--test", VERIFIED, *names)
    if newest:
        # Without extension modules, each of which takes a minute to build.
        bench("--test", VERIFIED, "--variants", "rust", *options(newest))
        bench("--quick", MEASURED, "--variants", "rust", "--reports", os.path.join(work, "newest"), *options(newest))
        parallel = ["--variants", "rust,threads,processes,subinterpreters"]
        bench("--test", "^monte_carlo$", *parallel, *options(newest))
        cpythons = [python for python in newest if "pypy" not in python]
        with_jit(work, cpythons)
        for python in cpythons:
            forecast(python)
        # Known allocations: counting them uses hooks that change between releases.
        subprocess.run(
            ["cargo", "test", "--quiet", "--test", "counts"],
            check=True,
            env={**os.environ, "PAIRBENCH_INTERPRETER": cpythons[-1]},
        )
    free = subprocess.run([os.path.join(".ci", "free-threaded")], check=True, stdout=subprocess.PIPE, text=True)
    if free.stdout:
        without_gil(os.path.join(work, "free-threaded"), free.stdout.strip())
    reports = os.path.join(work, "every")
    shutil.rmtree(reports, ignore_errors=True)
    bench("--quick", MEASURED, "--reports", reports, *names)
    check(the_record(reports), os.path.realpath(environment))


def with_jit(work, newest):
    """Measure one pair with and without the JIT compiler in one run, as Debian builds it; the record says which."""
    reports, scripts = os.path.join(work, "jit"), os.path.join(work, "with-jit")
    shutil.rmtree(reports, ignore_errors=True)
    os.makedirs(scripts, exist_ok=True)
    both = list(newest)
    for python in newest:
        script = os.path.join(scripts, os.path.basename(python))
        both.append(script)
        with open(script, "w", encoding="utf-8") as file:
            file.write(f'#!/bin/sh\nPYTHON_JIT=1 exec {shlex.quote(python)} "$@"\n')
        os.chmod(script, 0o755)
    bench("--quick", "^hashing$", "--variants", "rust", "--reports", reports, *options(both))
    record = the_record(reports)
    views = [record, *record.get("further", [])]
    states = [(view["interpreter"]["version"], view["interpreter"]["jit"]) for view in views]
    print(*states, flush=True)
    assert [state for _, state in states] == ["off"] * len(newest) + ["on"] * len(newest), states
    assert all(view["pairs"][0]["launches"] for view in views), states


def without_gil(reports, python):
    """Verify on a free-threaded build, then measure threads and processes there beside those of this interpreter.

    Threads must run without a GIL, whatever they import. What `native` needs is built where PyO3 builds it.
    """
    shutil.rmtree(reports, ignore_errors=True)
    bench("--test", VERIFIED, "--interpreter", python)
    # The embedded interpreter and the extension of the other one are not part of this.
    asked = ["--variants", "rust,rayon,threads,processes", "--diagnose", "scaling", *options([sys.executable, python])]
    bench("--quick", "^monte_carlo$", "--reports", reports, *asked)
    [view] = the_record(reports)["further"]
    about, [pair] = view["interpreter"], view["pairs"]
    print(about["version"], "free-threaded, GIL", about["gil"], pair.get("altered", []), flush=True)
    assert about["free_threaded"] and about["gil"] is False and not pair.get("altered"), about
    for variant in pair["variants"]:
        if variant["name"] in ("threads", "processes"):
            assert variant["state"]["state"] == "active", variant
            check_cell(pair, variant)
    [page] = glob.glob(os.path.join(reports, "pairs", "monte_carlo*.html"))
    with open(page, encoding="utf-8") as file:
        assert "threads, no GIL" in file.read(), page


def the_record(reports):
    """Return the one record of a folder."""
    found = glob.glob(os.path.join(reports, "records", "*.json"))
    [path] = [path for path in found if not path.endswith(".summary.json")]
    with open(path, encoding="utf-8") as file:
        return json.load(file)


def forecast(python):
    """Look at what a forecast sees of an interpreter: in a process of its own, and in one that is already running."""
    work = "def work(n):\n    total = 0\n    for i in range(n):\n        total += i\n    return total\n"
    tool = [os.path.join("target", "debug", "pairbench"), "forecast", "--json"]
    running = subprocess.Popen([python, "-c", work + "while True:\n    work(20000)"])
    try:
        asked = [
            [*tool, "--interpreter", python, "-s", work, "work(20000)"],
            [*tool, "--pid", str(running.pid)],
        ]
        for command in asked:
            ended = subprocess.run(command, stdout=subprocess.PIPE, text=True)
            if ended.returncode == 2 and "--pid" in command:
                print("warning: SKIPPED, a running process may not be watched here", flush=True)
                continue
            found = json.loads(ended.stdout)
            [share] = [one["total"] for one in found["time"]["functions"] if one["name"].rpartition(":")[2] == "work"]
            print(found["interpreter"], found["workload"][:40], found["resolution"], share, flush=True)
            assert share > 0.8 and found["resolution"] != "functions", found
    finally:
        running.kill()
        running.wait()


def ends(here):
    """Return the oldest and the newest CPython, and those without a GIL."""
    usual = sorted(
        (about for about in here if about["implementation"] == "CPython" and not about["free_threaded"]),
        key=lambda about: [int(part) for part in about["version"].split(".")[:2]],
    )
    free = [about for about in here if about["free_threaded"]]
    return sorted({about["executable"] for about in [usual[0], usual[-1], *free]})


def options(interpreters):
    """Return the arguments that name these interpreters."""
    return [word for name in interpreters for word in ("--interpreter", name)]


def tell_missing(newest):
    """Print those that are missing here; return those found except the newest, which are not on the PATH."""
    tool = [os.path.join("target", "debug", "pairbench"), "interpreters", "--json"]
    folders = sorted({os.path.dirname(python) for python in newest})
    path = os.pathsep.join([os.environ["PATH"], *folders])
    listed = subprocess.run(tool, check=True, stdout=subprocess.PIPE, env={**os.environ, "PATH": path})
    found = json.loads(listed.stdout)["found"]
    here = [found["about"] for found in found]
    for implementation, version, free in WANTED:
        is_here = any(
            about["implementation"] == implementation
            and (about["version"] + ".").startswith(version + "." if version else "")
            and bool(about["free_threaded"]) == free
            for about in here
        )
        if not is_here:
            print(f"not here: {implementation} {version}{'t' if free else ''}".rstrip(), flush=True)
    theirs = {os.path.realpath(folder) for folder in folders}
    return [about for about in here if os.path.dirname(os.path.realpath(about["executable"])) not in theirs]


def with_module(prefix, module):
    """Make an environment of the interpreter that runs this, with the module in it; return its executable."""
    shutil.rmtree(prefix, ignore_errors=True)
    venv.create(prefix)
    python = os.path.join(prefix, "bin", "python")
    ask = [python, "-c", "import sysconfig; print(sysconfig.get_path('platlib'))"]
    packages = subprocess.run(ask, check=True, stdout=subprocess.PIPE, text=True).stdout.strip()
    [file] = glob.glob(os.path.join(module, "pairbench_native*"))
    shutil.copy(file, packages)
    return python


def bench(*arguments):
    """Run the bench, and exit if it did not produce a record."""
    # For each of a dozen interpreters, setting up what steps need would take longer than all the rest.
    command = [*shlex.split(os.environ.get("BENCH", "cargo bench")), "--", "--no-install", *arguments]
    print("+", shlex.join(command), flush=True)
    code = subprocess.run(command).returncode
    # 1 is for an interpreter that is broken, and for a pair that fails; the record tells them apart.
    if code != 0 and not (code == 1 and "--reports" in arguments):
        sys.exit(f"ended with {code}")


def check(record, environment):
    """Check that every cell is a measurement or gives the reason why there is none."""
    views = [record, *record.get("further", [])]
    for missing in record.get("lacking", []):
        print(f"left out: {missing['asked']}: {missing['reason']}")
    for view in views:
        about = view["interpreter"]
        print(about["implementation"], about["version"], about["executable"], view["native"]["state"])
        # Left out by a rule, or built: no attempt may fail.
        assert not view["native"].get("reason", "").startswith("cargo"), view["native"]
        for pair in view["pairs"]:
            assert pair["verification"]["passed"], pair["verification"]
            for variant in pair["variants"]:
                check_cell(pair, variant)
    numpy = [state(view, "numpy") for view in views if view["interpreter"]["executable"] == sys.executable]
    assert numpy == ["active"], numpy
    bare = [state(view, "numpy") for view in views if view["interpreter"]["executable"].startswith(environment)]
    assert bare == ["skipped"], bare
    installed = [view for view in views if view["interpreter"]["executable"].startswith(environment)]
    assert [view["native"]["state"] for view in installed] == ["prebuilt"], installed
    assert state(installed[0], "native") == "active"
    assert len(views) > 2, "no interpreter but the two environments"


def check_cell(pair, variant):
    """Check one of them."""
    name, cell = variant["name"], variant["state"]
    where = f"{pair['name']}/{name}"
    if cell["state"] == "skipped":
        assert cell["reason"], where
        print(f"  {where}: skipped: {cell['reason']}")
        return
    assert cell["state"] == "active", f"{where}: {cell}"
    launches = [launch for launch in pair["launches"] if launch["comparisons"]]
    assert launches, where
    if name != pair["baseline"]:
        compared = [any(c["variant"] == name for c in launch["comparisons"]) for launch in launches]
        assert all(compared), where


def state(view, name):
    """Return the state of a variant of the pair with NumPy on an interpreter."""
    [pair] = [pair for pair in view["pairs"] if pair["name"] == "matrix_product"]
    [variant] = [variant for variant in pair["variants"] if variant["name"] == name]
    return variant["state"]["state"]


if __name__ == "__main__":
    main(*sys.argv[1:])
