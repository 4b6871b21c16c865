"""What a scenario file says, and how two things are compared.

Scenario files are read like braid reads its own: unquoted true, false, null and JSON
numbers are what they look like, all else is text. A number keeps its digits (`1.10` is
not `1.1`), and a member written twice is an error. JSON answers are read the same way,
so that both sides can be compared digit for digit and in the order of their members.
"""

import json
import re

import yaml


class Number(str):
    """A JSON number, held as the text it was written with."""

    __slots__ = ()


class Loader(yaml.SafeLoader):
    """YAML whose plain scalars are JSON's, and whose mappings hold a key once."""

    yaml_implicit_resolvers = {}

    def construct_mapping(self, node, deep=False):
        seen = set()
        for key_node, _ in node.value:
            key = self.construct_object(key_node, deep=True)
            if key in seen:
                raise yaml.constructor.ConstructorError(
                    None, None, f"the key {key!r} is written twice", key_node.start_mark)
            seen.add(key)
        return super().construct_mapping(node, deep)


NUMBER = re.compile(r"^-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?$")
Loader.add_implicit_resolver("tag:yaml.org,2002:null", re.compile(r"^(?:null|)$"), ["n", ""])
Loader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile(r"^(?:true|false)$"), list("tf"))
Loader.add_implicit_resolver("!number", NUMBER, list("-0123456789"))
Loader.add_constructor("!number", lambda loader, node: Number(node.value))


def read_scenarios(path):
    """Every document of a file, each with the line on which it begins."""
    with open(path, encoding="utf-8") as file:
        loader = Loader(file.read())
    documents = []
    try:
        while loader.check_node():
            node = loader.get_node()
            document = loader.construct_document(node)
            if document is not None:
                documents.append((node.start_mark.line + 1, document))
    finally:
        loader.dispose()
    return documents


def write_json(value):
    """Compact JSON; a Number goes out as its own text."""
    if isinstance(value, Number):
        return str(value)
    if isinstance(value, dict):
        return "{" + ",".join(f"{write_json(str(k))}:{write_json(v)}" for k, v in value.items()) + "}"
    if isinstance(value, (list, tuple)):
        return "[" + ",".join(write_json(v) for v in value) + "]"
    return json.dumps(value, ensure_ascii=False)


def _members_once(pairs):
    members = dict(pairs)
    if len(members) != len(pairs):
        raise ValueError("a member is written twice")
    return members


def _no_constant(text):
    raise ValueError(f"{text} is not JSON")


def read_json(text, once=True):
    """JSON with exact numbers. Raises ValueError, also for a member that comes twice."""
    return json.loads(text, parse_int=Number, parse_float=Number, parse_constant=_no_constant,
                      object_pairs_hook=_members_once if once else dict)


def seconds(text):
    """`250ms`, `2s` or `1m` as seconds."""
    found = re.fullmatch(r"([0-9.]+)(ms|s|m)", str(text))
    if not found:
        raise ValueError(f"{text!r} is not a duration (write 250ms, 2s or 1m)")
    return float(found[1]) * {"ms": 0.001, "s": 1.0, "m": 60.0}[found[2]]


def size(text):
    """`16KiB`, `64MiB` or a bare number as bytes."""
    found = re.fullmatch(r"([0-9]+)(B|KiB|MiB)?", str(text))
    if not found:
        raise ValueError(f"{text!r} is not a size (write 16KiB or 64MiB)")
    return int(found[1]) << {None: 0, "B": 0, "KiB": 10, "MiB": 20}[found[2]]


def text_matches(wanted, got):
    """`/regex/`, `!/regex/` (also when absent), null for absent, or the exact text."""
    if wanted is None:
        return got is None
    wanted = str(wanted)
    if got is None:
        return wanted.startswith("!/")
    if len(wanted) > 2 and wanted.startswith("!/") and wanted.endswith("/"):
        return re.search(wanted[2:-1], got) is None
    if len(wanted) > 1 and wanted.startswith("/") and wanted.endswith("/"):
        return re.search(wanted[1:-1], got) is not None
    return wanted == got


def shown(value):
    """A value for a message, shortened when it is long."""
    text = write_json(value) if not isinstance(value, bytes) else repr(value)
    return text if len(text) <= 300 else text[:300] + f"… ({len(text)} characters)"


def value_differences(wanted, got, where="body", patterns=False):
    """What differs, one line each. With `patterns`, objects are compared by the wanted
    members only, and a text `/…/` is a pattern."""
    if isinstance(wanted, dict) and isinstance(got, dict):
        return _object_differences(wanted, got, where, patterns)
    if isinstance(wanted, list) and isinstance(got, list):
        found = []
        for index, (one, other) in enumerate(zip(wanted, got)):
            found += value_differences(one, other, f"{where}[{index}]", patterns)
        if len(wanted) != len(got):
            found.append(f"{where}: expected {len(wanted)} elements, got {len(got)}: {shown(got)}")
        return found[:8]
    if isinstance(wanted, Number) != isinstance(got, Number) or type(wanted) is bool or type(got) is bool:
        same = wanted is got if isinstance(wanted, bool) or isinstance(got, bool) else False
    elif patterns and isinstance(wanted, str) and isinstance(got, str):
        same = text_matches(wanted, got)
    else:
        same = wanted == got
    return [] if same else [f"{where}: expected {shown(wanted)}, got {shown(got)}"]


def _object_differences(wanted, got, where, patterns):
    found = []
    for key, value in wanted.items():
        if str(key) in got:
            found += value_differences(value, got[str(key)], f"{where}.{key}", patterns)
        elif not (patterns and value is None):
            found.append(f"{where}: the member {key!r} is missing")
    if patterns:
        return found
    extra = [key for key in got if key not in {str(k) for k in wanted}]
    if extra:
        found.append(f"{where}: unexpected members {', '.join(repr(k) for k in extra)}")
    elif not found and [str(k) for k in wanted] != list(got):
        found.append(f"{where}: order of members: expected {list(map(str, wanted))}, got {list(got)}")
    return found
