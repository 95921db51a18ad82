"""Break paragraphs into lines of equal width, with the spaces spread between the words."""


def lines(words, width):
    line = []
    length = 0
    for word in words:
        if line and length + len(line) + len(word) > width:
            yield line, False
            line = []
            length = 0
        line.append(word)
        length += len(word)
    if line:
        yield line, True


def spread(words, width):
    gaps = len(words) - 1
    if gaps == 0:
        return words[0].ljust(width)
    space, more = divmod(width - sum(len(word) for word in words), gaps)
    text = ""
    for i, word in enumerate(words[:-1]):
        text += word + " " * (space + (1 if i < more else 0))
    return text + words[-1]


def python(paragraphs, width):
    out = []
    for paragraph in paragraphs:
        for words, last in lines(paragraph.split(), width):
            out.append(" ".join(words).ljust(width) if last else spread(words, width))
        out.append("")
    return "\n".join(out)
