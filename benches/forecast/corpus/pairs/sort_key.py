"""Sort records by two kinds of key."""


def python(people):
    a = sorted(people, key=lambda p: (-p["age"], p["name"]))
    b = sorted(people, key=lambda p: len(p["name"]) * 1000 + p["age"])
    return [[p["id"] for p in a], [p["id"] for p in b]]
