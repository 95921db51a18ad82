"""Looks at one installed package inside its sandbox, as the study of breakage asks.

Usage: probe.py OUT info NAME | compile NAME | import MODULE... | tests
"""

import importlib
import json
import os
import re
import sys
import traceback
import warnings

DEPRECATIONS = (DeprecationWarning, PendingDeprecationWarning, SyntaxWarning)


def normal(name):
    """Give the name as the index has it."""
    return re.sub("[-_.]+", "-", name or "").lower()


def find(name):
    """Find the package, its sources by their names, and the packages that have compiled files."""
    from importlib import metadata

    compiled, found, sources = [], None, {}
    for distribution in metadata.distributions():
        files = [str(file) for file in distribution.files or []]
        title = normal(distribution.metadata["Name"])
        if any(file.endswith((".so", ".pyd")) for file in files):
            compiled.append(title)
        if title == normal(name):
            own = [file for file in files if file.endswith(".py") and not file.startswith("..")]
            found, sources = (
                distribution,
                {file: str(distribution.locate_file(file)) for file in own},
            )
    return found, sources, compiled


def info(name):
    """Describe the package."""
    found, sources, compiled = find(name)
    return {"version": found.version, "modules": modules(sources), "compiled": compiled}


def modules(files):
    """List top-level modules, and the outermost packages, also in namespaces."""
    packages = {os.path.dirname(file) for file in files if os.path.basename(file) == "__init__.py"}
    outer = [p for p in packages if not any(p.startswith(q + "/") for q in packages)]
    names = outer + [file[:-3] for file in files if "/" not in file]
    names = [name.replace("/", ".") for name in names]
    skipped = {"test", "tests", "testing", "example", "examples", "docs", "setup"}
    return sorted(
        n for n in names if n.split(".")[0] not in skipped and n.replace(".", "").isidentifier()
    )


def each(things, use):
    """Use each; tell those that succeeded, the errors of the others, and the warnings."""
    good, errors = [], []
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        for thing in things:
            try:
                use(thing)
                good.append(thing)
            except BaseException as error:
                last = traceback.extract_tb(error.__traceback__)[-1:]
                place = last[0].filename if last else ""
                errors.append(f"{thing}: {type(error).__name__}: {error} ({place})")
    kinds = [w for w in caught if issubclass(w.category, DEPRECATIONS) and site(w.filename)]
    told = sorted({f"{w.category.__name__}: {w.message}" for w in kinds})
    return {"good": good, "errors": errors, "warnings": told}


def site(filename):
    """Tell installed files from the interpreter's own."""
    return "site-packages" in filename


def compile_files(name):
    """Compile its sources as imports would."""
    sources = find(name)[1]

    def use(file):
        with open(sources[file], "rb") as opened:
            compile(opened.read(), sources[file], "exec", dont_inherit=True)

    return each(sources, use)


def tests():
    """Run the tests below the current folder; warnings never fail one."""
    import pytest

    own = [
        "--ignore=build",
        "--ignore=docs",
        "-p",
        "no:cacheprovider",
        "--continue-on-collection-errors",
    ]
    own += ["-o", "addopts=", "-o", "filterwarnings=", "-q", "-rpfE", "--tb=line"]
    return int(pytest.main(own))


def main():
    """Do what the arguments say."""
    sys.path.pop(0)
    out, mode, arguments = sys.argv[1], sys.argv[2], sys.argv[3:]
    if mode == "tests":
        sys.exit(tests())
    if mode == "import":
        result = each(arguments, importlib.import_module)
    else:
        result = {"info": info, "compile": compile_files}[mode](arguments[0])
    with open(out, "w") as file:
        json.dump(result, file)
    # Threads and exit handlers of the package have no say.
    os._exit(0)


main()
