"""Sum columns of a text that str.split takes apart."""


def python(text):
    totals = {}
    lines = text.split("\n")
    for line in lines[1:]:
        if not line:
            continue
        fields = line.split(",")
        _, city, count, price = fields
        entry = totals.setdefault(city.strip(), [0, 0.0])
        entry[0] += int(count)
        entry[1] += int(count) * float(price)
    return sorted([city, n, t] for city, (n, t) in totals.items())
