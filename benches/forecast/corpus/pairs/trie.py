"""Insert words into a trie of dicts, and look queries up."""


def python(words, queries):
    root = {}
    for word in words:
        node = root
        for c in word:
            node = node.setdefault(c, {})
        node["$"] = word
    hits = 0
    longest = ""
    for query in queries:
        node = root
        for c in query:
            if c not in node:
                break
            node = node[c]
            if "$" in node:
                hits += 1
                if len(node["$"]) > len(longest):
                    longest = node["$"]
    return [hits, longest]
