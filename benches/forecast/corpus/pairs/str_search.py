"""Search a text for words with count, find and rfind."""


def python(text, words):
    out = []
    for word in words:
        out.append([text.count(word), text.find(word), text.rfind(word)])
    return out
