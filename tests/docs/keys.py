"""Every key of the tables has its type, its default, a sentence, and an example that `check` takes."""

import re

from pages import ROOT, Check, Page, check_text, problem_of, run_braid

PAGE = ROOT / "docs/keys.md"
ROW = re.compile(r"^\| `([a-z_.]+)` \| (.*) \|$")
COLUMNS = ("type", "default", "sentence", "example")

SERVICES = ("users", "users_replica", "orders", "products", "acme", "files", "auth", "log")
# What a mapping needs beside the key that is shown.
SIBLINGS = {
    "cors": "origins: [https://shop.example]",
    "debug": 'header: X-Debug\nsecret: "${env.DEBUG_SECRET}"',
    "traces": "endpoint: http://127.0.0.1:4318",
    "health": "path: /healthz",
}
INCLUDES = "listen: 127.0.0.1:8080\ninclude: [part.yaml]\n"
ORDER = "order: orders GET /orders/${path.id}\naudit: log POST /events"


def indent(text, depth=1):
    return "".join("  " * depth + line + "\n" for line in text.splitlines())


def mapping(*parts):
    """The lines of a mapping; a key that stands in two parts counts once, the last one."""
    lines = {}
    for part in parts:
        for line in part.splitlines():
            lines[line.split(":")[0]] = line
    return "\n".join(lines.values())


def in_group(key, example):
    """`limits.head` stands below `limits:`."""
    group, _, inner = key.rpartition(".")
    if not inner or not group:
        return example
    return f"{group}:\n{indent(mapping(SIBLINGS.get(group, ''), example))}"


def gateway(route="GET /ping: { response: { body: { pong: true } } }"):
    services = "".join(f"  {name}: http://127.0.0.1:9001\n" for name in SERVICES)
    return f"listen: 127.0.0.1:8080\nservices:\n{services}routes:\n{indent(route)}"


def page(pattern, *parts):
    return gateway(f"{pattern}:\n" + "".join(indent(part) for part in parts))


def top(key, example):
    if key in ("listen", "services", "routes"):
        return mapping("listen: 127.0.0.1:8080", example) + "\n"
    return gateway() + in_group(key, example) + "\n"


def service(key, example):
    url = "" if key in ("url", "urls") else "url: http://127.0.0.1:9001\n"
    return (f"listen: 127.0.0.1:8080\nservices:\n  shown:\n{indent(url + in_group(key, example), 2)}"
            "routes: { GET /ping: { response: { body: { pong: true } } } }\n")


def route(key, example):
    if key == "proxy":
        return page("ANY /api/users/*", example)
    return page("GET /{id}", "" if key == "calls" else f"calls:\n{indent(ORDER)}", example)


def call(key, example):
    request = "users POST /a" if key == "body" else "users GET /a"
    each = "each: sku in ${order.items[].sku}" if key in ("concurrency", "limit", "batch") else ""
    shown = mapping(f"request: {request}", each, example)
    return page("GET /{id}/{sku}", f"calls:\n{indent(ORDER)}{indent('shown:' + chr(10) + indent(shown))}")


def rung(key, example):
    request = {"headers": "GET", "body": "POST", "timeout": "GET", "accept": "GET"}.get(key)
    shown = mapping(f"request: users {request} /a" if request else "", example)
    return page("GET /{id}", "calls:\n  shown:\n    request: users GET /a\n    fallback:\n" + indent(shown, 3))


def response(_, example):
    return page("POST /", "calls: { session: auth POST /sessions }\nresponse:\n" + indent(example))


def proxy(_, example):
    return page("ANY /api/users/*", "proxy:\n" + indent(mapping("to: users", example)))


def alternative(_, example):
    shown = mapping("proxy: acme /*", example).replace("\n", "\n  ")
    return page("ANY /files/*", f"- {shown}\n- proxy: files /*" if "when:" in shown else f"- {shown}")


CONTEXTS = {
    "The gateway itself": top,
    "Included files": lambda key, example: example + "\n",
    "Services": service,
    "A route": route,
    "A call": call,
    "A rung": rung,
    "A response": response,
    "A proxy": proxy,
    "An alternative": alternative,
}


def rows(text):
    """(section, key, the other columns) of each row."""
    section = ""
    for line in text.splitlines():
        if line.startswith("## "):
            section = line[3:]
        found = ROW.match(line)
        if found:
            yield section, found.group(1), [cell.strip() for cell in found.group(2).split(" | ")]


def problem_of_example(braid, section, key, example):
    if section not in CONTEXTS:
        return "tests/docs/keys.py does not know where this stands"
    text = CONTEXTS[section](key, example)
    more = {name: "" for name in re.findall(r"[a-z]+\.(?:pem|key)\b", example)}
    if section == "Included files":
        result = check_text(braid, INCLUDES, more={"part.yaml": text})
    else:
        result = check_text(braid, text, more=more)
    problem = problem_of(result)
    return problem and f"{problem}\n{text}"


def check_row(braid, section, key, cells):
    where = f"docs/keys.md: {section}, {key}"
    missing = [column for column, cell in zip(COLUMNS, cells) if not cell]
    if len(cells) != len(COLUMNS) or missing:
        return Check(where, f"it has no {', '.join(missing) or 'such columns'}")
    return Check(where, problem_of_example(braid, section, key, cells[-1].strip("`")))


def check_mentioned(printed):
    """Each key that does something is explained on a page that is written by hand, too."""
    text = Page(ROOT / "docs/language.md").text + Page(ROOT / "docs/operations.md").text
    idle = {key for _, key, cells in rows(printed) if "No effect yet." in cells[-2]}
    keys = {key for _, key, _ in rows(printed) if key not in idle and key.partition(".")[0] not in idle}
    for key in sorted({key.rpartition(".")[2] for key in keys}):
        is_there = re.search(rf"(`|^|[ {{-]){key}\??(:|`| )", text, re.M)
        yield Check(f"docs/language.md: {key}", None if is_there else "the key is not on the page")


def check_same(printed):
    written = Page(PAGE).text
    if printed == written and printed:
        return Check("docs/keys.md", None)
    for number, (new, old) in enumerate(zip(printed.splitlines(), written.splitlines()), 1):
        if new != old:
            break
    else:
        number, new, old = "end", "", ""
    return Check("docs/keys.md", f"it is not what `braid reference` prints, line {number}:\n"
                                 f"  page:    {old}\n  program: {new}\n"
                                 "write it again: braid reference > docs/keys.md")


def check_keys(braid):
    printed = run_braid(braid, "reference").stdout
    yield check_same(printed)
    yield from check_mentioned(printed)
    for section, key, cells in rows(printed):
        yield check_row(braid, section, key, cells)
