"""Turn a little Markdown into HTML: blocks line by line, marks letter by letter."""


def escape(text):
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def inline(text):
    out = []
    strong = code = False
    i = 0
    while i < len(text):
        if text[i] == "`":
            out.append("</code>" if code else "<code>")
            code = not code
            i += 1
        elif not code and text.startswith("**", i):
            out.append("</strong>" if strong else "<strong>")
            strong = not strong
            i += 2
        elif not code and text[i] == "[":
            middle = text.find("](", i)
            end = text.find(")", middle)
            if middle < 0 or end < 0:
                out.append("[")
                i += 1
                continue
            link = escape(text[middle + 2 : end])
            out.append(f'<a href="{link}">{escape(text[i + 1 : middle])}</a>')
            i = end + 1
        else:
            out.append(escape(text[i]))
            i += 1
    return "".join(out)


def python(text):
    out = []
    paragraph = []
    in_list = False

    def close():
        nonlocal in_list
        if paragraph:
            out.append("<p>" + inline(" ".join(paragraph)) + "</p>")
            paragraph.clear()
        if in_list:
            out.append("</ul>")
            in_list = False

    for line in text.splitlines():
        line = line.rstrip()
        if not line:
            close()
        elif line.startswith("#"):
            close()
            title = line.lstrip("#")
            level = len(line) - len(title)
            out.append(f"<h{level}>{inline(title.strip())}</h{level}>")
        elif line.startswith("- "):
            if not in_list:
                close()
                out.append("<ul>")
                in_list = True
            out.append("<li>" + inline(line[2:]) + "</li>")
        else:
            if in_list:
                close()
            paragraph.append(line)
    close()
    return "\n".join(out)
