"""How a variant is set up, called and compared outside the harness."""

import copy
from contextlib import contextmanager

import pytest


@contextmanager
def opened(module, variant):
    """Set a variant up as the harness does, or skip the test where something is missing."""
    if variant == "numpy" and module.np is None:
        pytest.skip("NumPy is not installed")
    if variant == "native" and module.ext is None:
        pytest.skip("the extension module is not built")
    if variant == "subinterpreters":
        pytest.importorskip("concurrent.interpreters", reason="new in Python 3.14")
    function = getattr(module, variant)
    set_up = getattr(module, "setup_" + variant, None)
    if set_up is None:
        yield function
    else:
        with set_up() as resource:
            yield lambda **fields: function(resource, **fields)


def plain(value):
    """Tell apart what the harness tells apart: not lists and tuples, but all types of numbers."""
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    assert type(value) in (bool, bytes, int, float, str, type(None)), type(value)
    return type(value).__name__, value


def agrees(module, variant, fields):
    """Check that a variant answers as ``python`` does, twice, and leaves its input alone."""
    before = copy.deepcopy(fields)
    with opened(module, "python") as baseline:
        expected = plain(baseline(**fields))
    assert fields == before
    with opened(module, variant) as function:
        for _ in range(2):
            assert plain(function(**fields)) == expected
            assert fields == before


def all_variants(variants):
    """Run a test once for each variant, given by module."""
    pairs = [(module, name) for module, names in variants.items() for name in names]
    ids = [f"{module.__name__}-{name}" for module, name in pairs]
    return pytest.mark.parametrize(("module", "variant"), pairs, ids=ids)
