"""Many small binary trees, and one that outlives them: built, walked and dropped.

The idea is that of the well-known benchmark of the same name, itself after Hans Boehm's GCBench.
Syntax trees, scene graphs, document models and most object-oriented code look like this: a small
object a node, reached through another. Time goes into making objects, following references,
calling functions and giving memory back, and into no single one.

It does not show what an arena or a flat array of nodes would gain: both sides allocate each node
by itself.
"""

from functools import partial

try:
    from pairbench_native import binary_trees as ext
except ImportError:
    ext = None


# The largest prime below 2**24. A power of two would drop what is far down: a value there counts 31
# or 17 times for each level, but both children hold it twice, and a few levels of even factors
# leave nothing of it.
MODULUS = 16_777_213


class Node:
    """A value and two subtrees, or none."""

    __slots__ = ("left", "right", "value")

    def __init__(self, value, left, right):
        self.value = value
        self.left = left
        self.right = right


def build(depth, value):
    """Make a full tree whose nodes are numbered from ``value`` as in a heap."""
    if depth == 0:
        return Node(value, None, None)
    return Node(value, build(depth - 1, 2 * value), build(depth - 1, 2 * value + 1))


def check(node):
    """Sum up a tree so that every value and its place count."""
    if node.left is None:
        return node.value
    # Products stay below 2**30, which is one digit of a Python integer.
    return (node.value + 31 * check(node.left) + 17 * check(node.right)) % MODULUS


def mirror(node):
    """Swap left and right everywhere, in place."""
    if node.left is not None:
        node.left, node.right = node.right, node.left
        mirror(node.left)
        mirror(node.right)


def grow(build, seed, forests):
    """Build, check, mirror, check and drop every tree, beside one that stays."""
    _, deepest = forests[-1]
    long_lived = build(deepest, seed)
    sums = []
    for count, depth in forests:
        total = 0
        for i in range(count):
            tree = build(depth, seed + i)
            total += check(tree)
            mirror(tree)
            total += 3 * check(tree)
        sums.append(total)
    return {"long_lived": check(long_lived), "sums": sums}


def python(seed, forests):
    """Compute everything in plain Python."""
    return grow(build, seed, forests)


def native(seed, forests):
    """Call Rust for ``build``, the hottest function: about two fifths of the time.

    The nodes stay Python objects with a constructor in Python, which Rust calls for each of them.
    """
    return grow(partial(ext.build, Node), seed, forests)
