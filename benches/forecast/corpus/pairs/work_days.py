"""Dates: when orders are due, counted in working days, and how late they are by month."""

from datetime import date, timedelta

DAY = timedelta(days=1)


def due(start, days, holidays):
    current = start
    while days > 0:
        current += DAY
        if current.weekday() < 5 and current not in holidays:
            days -= 1
    return current


def python(orders, holidays):
    closed = {date.fromisoformat(text) for text in holidays}
    late = {}
    latest = None
    for ordered, days, delivered in orders:
        start = date.fromisoformat(ordered)
        promised = due(start, days, closed)
        delay = (date.fromisoformat(delivered) - promised).days
        if delay > 0:
            month = promised.strftime("%Y-%m")
            count, total = late.get(month, (0, 0))
            late[month] = (count + 1, total + delay)
            if latest is None or promised > latest:
                latest = promised
    return [sorted(late.items()), latest]
