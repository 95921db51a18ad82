"""Write a table as HTML with f-strings."""


def python(rows):
    parts = ["<table>"]
    for id, name, price in rows:
        cls = "even" if id % 2 == 0 else "odd"
        name = name.replace("&", "&amp;").replace("<", "&lt;")
        parts.append(
            f'<tr class="{cls}"><td>{id}</td><td>{name.title()}</td><td>{price:.2f}</td></tr>'
        )
    parts.append("</table>")
    return "\n".join(parts)
