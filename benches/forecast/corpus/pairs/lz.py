"""Find repetitions with a dict of the last places of four bytes."""


def python(data):
    out = []
    table = {}
    i = 0
    n = len(data)
    while i < n:
        key = data[i : i + 4]
        j = table.get(key, -1)
        table[key] = i
        length = 0
        if j >= 0:
            while i + length < n and data[j + length] == data[i + length] and length < 255:
                length += 1
        if length >= 4:
            out.append((i - j, length))
            i += length
        else:
            out.append((0, data[i]))
            i += 1
    return [list(x) for x in out]
