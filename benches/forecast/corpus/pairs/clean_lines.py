"""Clean lines of a configuration file with the methods of str."""


def python(lines):
    out = []
    errors = 0
    for line in lines:
        line = line.strip()
        if not line or line.startswith("#"):
            continue
        if "error" in line.lower():
            errors += 1
        key, _, value = line.partition("=")
        out.append(key.strip().lower().replace("-", "_") + ":" + value.strip())
    return [errors, out]
