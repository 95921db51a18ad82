"""One pyperf benchmark: a variant of a pair, on the input that pairbench gives its workers too."""

import functools
import importlib
import pickle
import sys

import pyperf

NAMES = ("root", "module", "variant", "input")


def pass_on(command, args):
    for name in NAMES:
        command.extend(("--" + name, getattr(args, name)))


runner = pyperf.Runner(add_cmdline_args=pass_on)
for name in NAMES:
    runner.argparser.add_argument("--" + name, required=True)
args = runner.parse_args()
sys.path.insert(0, args.root)
function = getattr(importlib.import_module(args.module), args.variant)
with open(args.input, "rb") as file:
    value = pickle.load(file)
runner.bench_func(args.module, functools.partial(function, **value))
