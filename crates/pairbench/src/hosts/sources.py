"""Finds the Python functions of declared pairs; prints JSON, for each a list of file, line and text, or null.

Run with `-c`; the arguments are the folder of the pairs' modules and the modules' names.
"""

import importlib
import inspect
import json
import os
import sys

answer = os.fdopen(os.dup(1), "w")
os.dup2(2, 1)  # what a module prints is not part of the answer
sys.path[:] = [folder for folder in sys.path if folder]
sys.path.insert(0, sys.argv[1])
found = []
for name in sys.argv[2:]:
    try:
        function = inspect.unwrap(importlib.import_module(name).python)
        lines, line = inspect.getsourcelines(function)
        found.append([inspect.getsourcefile(function), line, inspect.cleandoc("\n" + "".join(lines)) + "\n"])
    except BaseException:  # verification reports what is wrong
        found.append(None)
answer.write("\n" + json.dumps(found) + "\n")
answer.flush()
os._exit(0)  # regardless of what the modules have started
