"""Which goods are bought together: frequent sets of up to three, by intersections."""


def python(baskets, least):
    places = {}
    for number, basket in enumerate(baskets):
        for item in basket:
            places.setdefault(item, set()).add(number)
    frequent = {item: found for item, found in places.items() if len(found) >= least}
    items = sorted(frequent)
    pairs = {}
    for i, a in enumerate(items):
        for b in items[i + 1 :]:
            both = frequent[a] & frequent[b]
            if len(both) >= least:
                pairs[a, b] = both
    triples = []
    for (a, b), both in pairs.items():
        for c in items:
            if c > b and (a, c) in pairs and (b, c) in pairs:
                count = len(both & frequent[c])
                if count >= least:
                    triples.append((a, b, c, count))
    alone = set(range(len(baskets))).difference(*pairs.values())
    rules = sorted((a, b, len(both)) for (a, b), both in pairs.items())
    return [len(items), rules, sorted(triples), len(alone)]
