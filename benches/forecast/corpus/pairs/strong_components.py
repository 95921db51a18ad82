"""Tarjan's strongly connected components of packages that import one another, without recursion."""


def components(graph):
    index = {}
    low = {}
    on_stack = set()
    stack = []
    found = []
    for root in graph:
        if root in index:
            continue
        work = [(root, iter(graph[root]))]
        index[root] = low[root] = len(index)
        stack.append(root)
        on_stack.add(root)
        while work:
            node, successors = work[-1]
            for successor in successors:
                if successor not in index:
                    index[successor] = low[successor] = len(index)
                    stack.append(successor)
                    on_stack.add(successor)
                    work.append((successor, iter(graph[successor])))
                    break
                if successor in on_stack:
                    low[node] = min(low[node], index[successor])
            else:
                work.pop()
                if work:
                    parent = work[-1][0]
                    low[parent] = min(low[parent], low[node])
                if low[node] == index[node]:
                    component = []
                    while True:
                        member = stack.pop()
                        on_stack.remove(member)
                        component.append(member)
                        if member == node:
                            break
                    found.append(sorted(component))
    return found


def python(names, imports):
    graph = {name: [] for name in names}
    for importer, imported in imports:
        graph[importer].append(imported)
    found = components(graph)
    circles = sorted(component for component in found if len(component) > 1)
    return [len(found), circles[:20], max(len(component) for component in found)]
