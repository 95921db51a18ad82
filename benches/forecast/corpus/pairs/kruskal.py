"""The minimum spanning forest of a graph."""


def find(parent, x):
    while parent[x] != x:
        parent[x] = parent[parent[x]]
        x = parent[x]
    return x


def python(nodes, edges):
    parent = list(range(nodes))
    total = 0
    used = 0
    for w, a, b in sorted((w, a, b) for a, b, w in edges):
        ra, rb = find(parent, a), find(parent, b)
        if ra != rb:
            parent[ra] = rb
            total += w
            used += 1
    return [total, used]
