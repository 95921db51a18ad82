"""Cut a text into tokens, one character after the other."""


def tokens(text):
    out = []
    i = 0
    n = len(text)
    while i < n:
        c = text[i]
        if c.isspace():
            i += 1
        elif c.isdigit():
            start = i
            while i < n and text[i].isdigit():
                i += 1
            out.append(("number", text[start:i]))
        elif c.isalpha() or c == "_":
            start = i
            while i < n and (text[i].isalnum() or text[i] == "_"):
                i += 1
            word = text[start:i]
            out.append(("keyword" if word in ("if", "else", "while", "return") else "name", word))
        elif c == '"':
            start = i
            i += 1
            while i < n and text[i] != '"':
                i += 1
            i += 1
            out.append(("string", text[start:i]))
        else:
            out.append(("operator", c))
            i += 1
    return out


def python(text):
    return [list(t) for t in tokens(text)]
