"""A tokeniser by byte pairs: learn the most frequent pairs of a text, and encode its words."""

from collections import Counter


def merge(symbols, pair, joined):
    out = []
    i = 0
    while i < len(symbols):
        if i + 1 < len(symbols) and (symbols[i], symbols[i + 1]) == pair:
            out.append(joined)
            i += 2
        else:
            out.append(symbols[i])
            i += 1
    return out


def learn(words, count):
    parts = {word: list(word) for word in words}
    merges = []
    for _ in range(count):
        pairs = Counter()
        for word, symbols in parts.items():
            for pair in zip(symbols, symbols[1:]):
                pairs[pair] += words[word]
        if not pairs:
            break
        best = min(pairs, key=lambda pair: (-pairs[pair], pair))
        merges.append(best)
        joined = best[0] + best[1]
        for word, symbols in parts.items():
            if best[0] in symbols:
                parts[word] = merge(symbols, best, joined)
    return merges


def python(text, merges):
    words = Counter(text.split())
    rules = learn(words, merges)
    tokens = Counter()
    for word, count in words.items():
        symbols = list(word)
        for pair in rules:
            if pair[0] in symbols:
                symbols = merge(symbols, pair, pair[0] + pair[1])
        for symbol in symbols:
            tokens[symbol] += count
    return [rules, sorted(tokens.items())]
