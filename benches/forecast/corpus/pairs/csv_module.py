"""Filter the rows of a text with the module csv."""

import csv
import io


def python(text):
    reader = csv.reader(io.StringIO(text))
    next(reader)
    out = []
    for row in reader:
        if row and int(row[2]) > 50:
            out.append([row[0].upper(), row[3]])
    return out
