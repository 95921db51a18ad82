"""Write rows as JSON, one call of json.dumps a row."""

import json


def python(rows):
    out = []
    for id, name, price, tags in rows:
        out.append(
            json.dumps(
                {
                    "id": id,
                    "name": name,
                    "price": price,
                    "tags": tags,
                    "nested": {"a": id % 7, "b": [id, id + 1]},
                }
            )
        )
    return "\n".join(out)
