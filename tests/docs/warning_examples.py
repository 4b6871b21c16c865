"""docs/warnings.md shows each warning once, and how it is silenced."""

import json
import re

from pages import FENCE, ROOT, Check, Page, check_text, run_braid

PAGE = ROOT / "docs/warnings.md"
SECTION = re.compile(r"^## (\S+)\n(.*?)(?=^## |\Z)", re.M | re.S)
# In an example, the line that silences it, commented out.
SILENCE = re.compile(r"^( *)(?:allow: \[[a-z-]+\] +)?# (allow: \[(?:[a-z-]+, )?([a-z-]+)\])$", re.M)
ROW = re.compile(r"^\| \[`([a-z-]+)`\]\(warnings\.md#\1\) \|", re.M)


def names_of_program(braid):
    schema = json.loads(run_braid(braid, "schema").stdout)
    return set(schema["$defs"]["allow"]["items"]["anyOf"][0]["enum"])


def warnings_of(braid, text):
    return [one["name"] for one in json.loads(check_text(braid, text, "--format", "json").stdout)["diagnostics"]
            if one["severity"] != "note"]


def problem_of_example(braid, name, text):
    silences = [found.group(3) for found in SILENCE.finditer(text)]
    if silences != [name]:
        return f"one line must be `# allow: [{name}]`, not {silences}"
    given = warnings_of(braid, text)
    if given != [name]:
        return f"check says {given} of it"
    given = warnings_of(braid, SILENCE.sub(r"\1\2", text))
    return f"with the line it is not silent: {given}" if given else None


def check_warnings(braid):
    names = names_of_program(braid)
    page = Page(PAGE)
    sections = dict(SECTION.findall(page.text))
    table = Page(ROOT / "docs/language.md").text.partition("## Warnings\n")[2].partition("\n## ")[0]
    for where, written in (("docs/warnings.md", set(sections)), ("docs/language.md: Warnings", set(ROW.findall(table)))):
        wrong = sorted(written ^ names)
        yield Check(where, f"these are there or in the program alone: {', '.join(wrong)}" if wrong else None)
    for name, text in sections.items():
        examples = FENCE.findall(text)
        problem = problem_of_example(braid, name, examples[0]) if len(examples) == 1 else "it has not one example"
        yield Check(f"docs/warnings.md: {name}", problem)
