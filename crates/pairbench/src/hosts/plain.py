"""What the two sides exchange: arguments of functions, answers in plain form, and errors.

Part of the worker's program, prepended to `worker.py`.
"""

import collections.abc
import dataclasses
import datetime
import decimal
import enum
import fractions
import functools
import inspect
import reprlib
import traceback

DEEPEST = 200  # levels of nesting that the other side reads
SINGLE = frozenset((type(None), bool, int, float, bytes))


class Declaration(Exception):
    """The Python side is not what the pair declares."""


class NotPlain(Exception):
    """An answer holds something that cannot be compared across languages."""


class Changed(Exception):
    """The input holds something that it did not hold before the call."""


@functools.lru_cache(maxsize=256)
def signature_of(function):
    """The signature of a function, cached because reading it takes far longer than many calls."""
    return inspect.signature(function)


def wanted(setup, value):
    """The part of the input that a set-up takes: the fields that it names, or the whole if it needs an argument."""
    try:
        parameters = signature_of(setup).parameters.values()
    except (TypeError, ValueError):  # a C function without a signature
        return (), {}
    if isinstance(value, dict):
        if any(one.kind is one.VAR_KEYWORD for one in parameters):
            return (), value
        names = {one.name for one in parameters}
        return (), {name: field for name, field in value.items() if name in names}
    places = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
    return ((value,) if any(one.default is one.empty and one.kind in places for one in parameters) else ()), {}


def fits(function, positional, named):
    """Refuses a function that does not take what the pair declares as input."""
    try:
        signature = signature_of(function)
    except (TypeError, ValueError):
        return
    try:
        signature.bind(*positional, **named)
    except TypeError as error:
        given = f"the fields {', '.join(named)}" if named else f"{len(positional)} in order"
        raise Declaration(
            f"{function.__name__}{signature} does not take the arguments that it gets ({given}): {error}"
        ) from None


def plain(value, path, level=1, convert=True):
    """The value in plain form: converts subclasses of dict, list and tuple, and types with one form in both languages.

    Anything else that Python does not write as a literal is refused: NumPy's scalars, for example, are floats that
    compare and print like floats, but they are not what the other language returns. An input is not converted: it has
    to stay what it was.
    """
    kind = type(value)
    if kind is str and not value.isascii():
        checked(value, path)
    if kind in SINGLE or kind is str:
        return value
    if level > DEEPEST:
        raise NotPlain(f"{path[:60]}… is nested deeper than {DEEPEST} levels")
    converted = form(value, path) if convert else value
    if converted is not value:
        return plain(converted, path, level)
    # Formatting the path of every number would take most of the time.
    if isinstance(value, dict) and (convert or kind is dict):
        return {
            (k if is_plain(k) else plain(k, path + " (a key)", level + 1, convert)): (
                v if is_plain(v) else plain(v, f"{path}[{k!r}]", level + 1, convert)
            )
            for k, v in value.items()
        }
    if isinstance(value, (list, tuple)) and (convert or kind in (list, tuple)):
        items = [
            item if type(item) in SINGLE or is_plain(item) else plain(item, f"{path}[{at}]", level + 1, convert)
            for at, item in enumerate(value)
        ]
        return items if isinstance(value, list) else tuple(items)
    name = f"{kind.__module__}.{kind.__qualname__}"
    raise NotPlain(f"{path} is {name}, not a plain value; {advice(value)}" if convert else f"{path} is now {name}")


def is_plain(value):
    """Whether this is certainly a plain value that holds no others."""
    kind = type(value)
    return kind in SINGLE or (kind is str and value.isascii())


def checked(text, path):
    """Refuses a text that Rust's strings cannot hold."""
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise NotPlain(
            f"{path} is a str with half a surrogate pair ({text[error.start]!a} at {error.start}), which no UTF-8 and "
            "so no String of Rust holds; return .encode('utf-8', 'surrogatepass')"
        ) from None


def form(value, path):
    """The plain form of a value that has one; docs/same-answer.md lists them."""
    if isinstance(value, enum.Enum):
        return value.value
    if isinstance(value, bytearray):
        return bytes(value)
    if isinstance(value, (set, frozenset)):
        try:
            items = sorted(value)
        except TypeError as error:
            raise NotPlain(f"{path} is a set whose items have no order ({error}); return a sorted list") from None
        return tuple(items) if " (a key)" in path else items
    if isinstance(value, decimal.Decimal):
        # Without an exponent, unless that would fill the memory.
        plainly = not value.is_finite() or abs(value.as_tuple().exponent) <= 1000
        return format(value, "f") if plainly else str(value)
    if isinstance(value, fractions.Fraction):
        return (value.numerator, value.denominator)
    if isinstance(value, (datetime.date, datetime.time)):  # a datetime is a date
        return value.isoformat()
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {field.name: getattr(value, field.name) for field in dataclasses.fields(value)}
    return value


def advice(value):
    """How to return something that has no plain form."""
    if hasattr(value, "tolist"):  # NumPy's types and similar ones
        return "return its .tolist()"
    if isinstance(value, complex):
        return "return (z.real, z.imag)"
    if isinstance(value, datetime.timedelta):
        return "return its .total_seconds()"
    if isinstance(value, (int, float, str, bytes)):
        base = next(base.__name__ for base in type(value).__mro__ if base in (int, float, str, bytes))
        return f"return {base}(…) of it"
    if isinstance(value, collections.abc.Mapping):
        return "return dict(…) of it"
    if isinstance(value, collections.abc.Iterable):
        return "return list(…) of it"
    return "return a dict or a tuple of its parts, or make it a dataclass"


def fault_of(error):
    """The error as a fault of the harness, with a traceback of the pair's own code."""
    fault = describe(error)
    # A text with half a surrogate pair could not be sent as a reply.
    return {name: text.encode("utf-8", "backslashreplace").decode() for name, text in fault.items()}


def describe(error):
    """The fault of an error, by its kind."""
    frames, call = error.__traceback__, None
    while frames is not None and (
        frames.tb_frame.f_code.co_filename == __file__
        or str(frames.tb_frame.f_globals.get("__name__")).split(".")[0] == "importlib"
        or str(frames.tb_frame.f_globals.get("__name__")).startswith("pairbench_pair_")
    ):
        call = frames.tb_frame.f_locals.get("each_call", call)
        frames = frames.tb_next
    text = "".join(traceback.format_exception(type(error), error, frames))
    if isinstance(error, NotPlain):
        return {"kind": "answer", "message": str(error)}
    if isinstance(error, Changed):
        return {"kind": "mutates", "message": str(error)}
    if isinstance(error, Declaration):
        return {"kind": "declaration", "message": str(error), "traceback": ""}
    if isinstance(error, SystemExit):
        return {"kind": "exit", "code": repr(error.code), "traceback": text}
    if type(error).__name__ == "PanicException":  # PyO3's, for a panic in an extension module
        return {"kind": "panic", "message": str(error)}
    name = type(error).__qualname__
    where = "" if call is None else f", in {written(call)}"
    return {"kind": "exception", "name": name, "message": f"{error}{where}", "traceback": text}


def written(call):
    """A bound call as source text, shortened."""
    arguments = [reprlib.repr(value) for value in call.args]
    arguments += [f"{name}={reprlib.repr(value)}" for name, value in call.keywords.items()]
    return f"{getattr(call.func, '__name__', call.func)}({', '.join(arguments)})"
