"""How an input becomes calls. Prepended to `worker.py` and `first_call.py`; the latter imports nothing early."""


def calls_of(value, form):
    """Positional and named arguments of each call. Calls from a file have their own forms: `call` and `calls`."""
    if form in ("call", "calls"):
        return [from_file(element) for element in value]
    return [arguments(one) for one in (value if form == "each" else [value])]


def arguments(value):
    """The arguments of a call with a value that is not from a file: a map holds their names."""
    return ((), value) if isinstance(value, dict) else ((value,), {})


def from_file(element):
    """The arguments of a call from a file."""
    ((kind, content),) = element.items()
    if kind == "pickle":
        import pickle

        positional, named = pickle.loads(content)
        return tuple(positional), dict(named)
    import json

    content = json.loads(content)
    if kind == "value":
        return (content,), {}
    return tuple(content.get("args", ())), content.get("kwargs", {})
