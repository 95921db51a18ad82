"""Parse time stamps, shift them, and sum by day."""

from datetime import datetime, timedelta


def python(stamps):
    days = {}
    for s in stamps:
        t = datetime.fromisoformat(s) + timedelta(minutes=90)
        key = t.date().isoformat()
        days[key] = days.get(key, 0) + t.weekday()
    return sorted(days.items())
