"""Near duplicates: fingerprints of texts (SimHash), and which of them differ in few bits."""


def fnv(word):
    value = 0xCBF29CE484222325
    for byte in word.encode():
        value = (value ^ byte) * 0x100000001B3 & 0xFFFFFFFFFFFFFFFF
    return value


def fingerprint(text):
    weights = [0] * 64
    for word in text.split():
        value = fnv(word)
        for bit in range(64):
            weights[bit] += 1 if value >> bit & 1 else -1
    return sum(1 << bit for bit, weight in enumerate(weights) if weight > 0)


def python(texts, distance):
    prints = [fingerprint(text) for text in texts]
    near = []
    for i, a in enumerate(prints):
        for j in range(i):
            if bin(a ^ prints[j]).count("1") <= distance:
                near.append((j, i))
    return [near, [value >> 32 for value in prints], [value & 0xFFFFFFFF for value in prints]]
