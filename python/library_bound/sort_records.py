"""Records put into six orders: by date, amount, weight, name, name without case, and by two keys.

Lists, reports and pages of results are sorted like this in every program that shows records to
people. ``sorted`` is C in Python, and so are the keys that ``itemgetter`` takes out of a row: the
interpreter itself has next to nothing to do. Both sides take each key once and put references to
the records in order; equal ones stay as they were.

It does not show sorting by a rule that has to be a Python function, which is called for every
record, nor large arrays of bare numbers, for which there is NumPy, nor the order of letters that
people of one language expect: letters are compared by code point.
"""

from operator import itemgetter

try:
    from pairbench_native import sort_records as ext
except ImportError:
    ext = None

ID, CUSTOMER, CITY, CENTS, KILOS, PLACED = range(6)


def orders(rows):
    """Put the rows into each order."""
    yield sorted(rows, key=itemgetter(PLACED))
    yield sorted(rows, key=itemgetter(CENTS), reverse=True)
    yield sorted(rows, key=itemgetter(KILOS))
    yield sorted(rows, key=itemgetter(CUSTOMER, ID))
    yield sorted(rows, key=lambda row: row[CUSTOMER].lower())
    # By city, and in each the dearest first: where the directions differ, the last key comes first.
    by_city = sorted(rows, key=itemgetter(CENTS), reverse=True)
    by_city.sort(key=itemgetter(CITY))
    yield by_city


def numbers(ordered):
    """Return the numbers of the records."""
    return list(map(itemgetter(ID), ordered))


def python(rows):
    """Return the numbers of the records in each order."""
    return list(map(numbers, orders(rows)))


def native(rows):
    """Call Rust for ``orders``, once: it reads every row, and returns six lists of the rows."""
    return list(map(numbers, ext.orders(rows)))
