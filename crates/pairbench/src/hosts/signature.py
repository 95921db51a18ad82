"""Prints how a function is declared. It only reads the source: no code of the module runs."""

import ast
import json
import sys
from importlib.machinery import PathFinder
from importlib.util import find_spec


def locate(module, folders):
    """The file of a module, found without importing it or its packages."""
    first, *rest = module.split(".")
    sys.path.extend(folders)
    name, spec = first, find_spec(first)
    for part in rest:
        if spec is None or spec.submodule_search_locations is None:
            return None
        name = name + "." + part
        spec = PathFinder.find_spec(name, list(spec.submodule_search_locations))
    return spec.origin if spec else None


def bound(body):
    """The names that a module's statements bind; if several share a name, a function wins over an import."""
    names = {}
    for node in body:
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            names[node.name] = node
        elif isinstance(node, (ast.Import, ast.ImportFrom)):
            for alias in node.names:
                names.setdefault(alias.asname or alias.name, (node, alias))
        elif isinstance(node, ast.Assign):
            for target in node.targets:
                if isinstance(target, ast.Name):
                    names[target.id] = node.value
        elif isinstance(node, ast.ClassDef):
            names[node.name] = node
        for part in ("body", "handlers", "orelse", "finalbody"):
            if isinstance(node, (ast.If, ast.Try, ast.With, ast.ExceptHandler)):
                for name, value in bound(getattr(node, part, [])).items():
                    if isinstance(value, ast.FunctionDef) or name not in names:
                        names[name] = value
    return names


def annotation(node):
    """An annotation as names: `list[int]` is `{"name": "list", "of": [{"name": "int", "of": []}]}`."""
    if isinstance(node, ast.Constant):
        if isinstance(node.value, str):
            try:
                return annotation(ast.parse(node.value, mode="eval").body)
            except SyntaxError:
                return None
        if node.value is None or node.value is ...:
            return {"name": "None" if node.value is None else "...", "of": []}
    if isinstance(node, (ast.Name, ast.Attribute)):
        return {"name": node.id if isinstance(node, ast.Name) else node.attr, "of": []}
    if isinstance(node, ast.Subscript):
        base = annotation(node.value)
        # An `ast.Index` before Python 3.9.
        inner = getattr(node.slice, "value", node.slice) if type(node.slice).__name__ == "Index" else node.slice
        items = inner.elts if isinstance(inner, ast.Tuple) else [inner]
        return base and {"name": base["name"], "of": [annotation(item) for item in items]}
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitOr):
        return {"name": "Union", "of": [annotation(node.left), annotation(node.right)]}
    return None


def described(node):
    """The parameters and the return type of a function."""
    arguments = node.args
    positional = [*getattr(arguments, "posonlyargs", []), *arguments.args]
    kinds = [("positional", positional), ("keyword", arguments.kwonlyargs)]
    return {
        "parameters": [
            {"name": one.arg, "keyword": kind == "keyword", "type": annotation(one.annotation)}
            for kind, all_of_kind in kinds
            for one in all_of_kind
        ],
        "returns": annotation(node.returns),
        "asynchronous": isinstance(node, ast.AsyncFunctionDef),
    }


def find(module, function, folders, file=None, depth=8):
    """Where a function of a module is, and how it is declared; imports from other modules are followed."""
    file = file or locate(module, folders)
    if file is None:
        return {"problem": "module"}
    if not file.endswith(".py"):
        return {"file": file}
    with open(file, "rb") as source:
        names = bound(ast.parse(source.read(), file).body)
    value = names.get(function)
    if isinstance(value, (ast.FunctionDef, ast.AsyncFunctionDef)):
        return {"file": file, "line": value.lineno, "signature": described(value)}
    if depth and isinstance(value, ast.Name):
        return find(module, value.id, folders, file, depth - 1)
    if depth and isinstance(value, tuple) and isinstance(value[0], ast.ImportFrom):
        node, alias = value
        package = module.split(".") if file.endswith("__init__.py") else module.split(".")[:-1]
        up = len(package) - node.level + 1
        base = package[:up] if node.level else []
        return find(".".join([*base, *(node.module or "").split(".")]).strip("."), alias.name, folders, None, depth - 1)
    if value is None and "*" not in names and "__getattr__" not in names:
        functions = sorted(name for name in names if isinstance(names[name], ast.FunctionDef))
        return {"problem": "function", "file": file, "functions": functions}
    return {"file": file}


if __name__ == "__main__":
    module, function, *folders = sys.argv[1:]
    try:
        found = find(module, function, folders, module if module.endswith(".py") else None)
    except (SyntaxError, ValueError, ImportError, OSError) as error:
        found = {"problem": str(error)}
    print("\n" + json.dumps(found))
