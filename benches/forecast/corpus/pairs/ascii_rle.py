"""Encode runs of equal letters as letter and length, and read the lengths again."""


def python(text):
    out = []
    previous = ""
    n = 0
    for c in text:
        if c == previous:
            n += 1
        else:
            if n:
                out.append(previous + str(n))
            previous = c
            n = 1
    out.append(previous + str(n))
    encoded = "".join(out)
    total = 0
    digits = ""
    for c in encoded:
        if "0" <= c <= "9":
            digits += c
        else:
            if digits:
                total += int(digits)
            digits = ""
    return [encoded, total + int(digits)]
