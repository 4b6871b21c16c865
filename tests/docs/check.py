#!/usr/bin/python3
"""The documentation is checked against the program.

    tests/docs/check.py [--braid build/braid]

Every fenced ```yaml block of README.md and docs/*.md that is a whole file (it has `listen:` or
`routes:` at its margin) is given to `braid check`, which must find no mistake in it. A block behind
the comment <!-- fragment --> is only read as YAML. What a ```console block shows of `braid explain` and
`braid matrix` must be what they print, and docs/keys.md what `braid reference` prints.
The last line is "N passed, M failed"; the exit code is 0 when nothing failed.
"""

import argparse
import pathlib
import re
import shlex
import subprocess
import sys
import tempfile

import yaml

ROOT = pathlib.Path(__file__).resolve().parents[2]
FENCE = re.compile(r"^```yaml\n(.*?)^```$", re.M | re.S)
SHOWN = re.compile(r"^```console\n\$ braid ((?:explain|matrix) [^\n]*)\n(.*?)^```$", re.M | re.S)
WHOLE_FILE = re.compile(r"^(listen|routes):", re.M)
FRAGMENT = "<!-- fragment -->"
WAIT_SECONDS = 20


class Check:
    """One claim of the documentation, and what is wrong with it."""

    def __init__(self, name, problem):
        self.name = name
        self.problem = problem


def yaml_blocks(page):
    """(line, text, is_fragment) of each block of a page."""
    text = page.read_text(encoding="utf-8")
    for found in FENCE.finditer(text):
        before = text[: found.start()]
        line = before.count("\n") + 2
        yield line, found.group(1), before.rstrip().endswith(FRAGMENT)


def environment_of(text):
    """A value for every variable that a block names."""
    return {name: "value-of-" + name for name in re.findall(r"\benv\.([A-Za-z0-9_]+)", text)}


def run_braid(braid, *arguments, environment=None):
    return subprocess.run([str(braid), *map(str, arguments)], capture_output=True, text=True,
                          timeout=WAIT_SECONDS, env=environment, cwd=ROOT, check=False)


def problem_of_file(braid, text, folder):
    path = folder / "example.yaml"
    path.write_text(text, encoding="utf-8")
    result = run_braid(braid, "check", path, environment=environment_of(text))
    if result.returncode == 0:
        return None
    return (result.stderr + result.stdout).strip()


def problem_of_fragment(text):
    try:
        yaml.compose(text)
    except yaml.YAMLError as error:
        return str(error)
    return None


def check_pages(braid, pages):
    with tempfile.TemporaryDirectory(prefix="braid-docs.") as name:
        for page in pages:
            for line, text, is_fragment in yaml_blocks(page):
                where = f"{page.relative_to(ROOT)}:{line}"
                if is_fragment:
                    yield Check(where, problem_of_fragment(text))
                elif WHOLE_FILE.search(text):
                    yield Check(where, problem_of_file(braid, text, pathlib.Path(name)))
                else:
                    yield Check(where, f"neither a whole file nor marked with {FRAGMENT}")


def check_shown(braid, pages):
    for page in pages:
        text = page.read_text(encoding="utf-8")
        for found in SHOWN.finditer(text):
            line = text[: found.start()].count("\n") + 2
            printed = run_braid(braid, *shlex.split(found.group(1))).stdout
            problem = None if printed and printed == found.group(2) else f"the program prints:\n{printed}"
            yield Check(f"{page.relative_to(ROOT)}:{line}", problem)


def check_keys(braid, page):
    printed = run_braid(braid, "reference").stdout
    written = page.read_text(encoding="utf-8") if page.exists() else ""
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


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--braid", type=pathlib.Path, default=ROOT / "build/braid")
    braid = parser.parse_args().braid.resolve()
    if not braid.exists():
        print(f"there is no {braid}", file=sys.stderr)
        return 2
    pages = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
    checks = [*check_pages(braid, pages), *check_shown(braid, pages), check_keys(braid, ROOT / "docs/keys.md")]
    failed = [check for check in checks if check.problem is not None]
    for check in failed:
        print(f"FAILED {check.name}\n{check.problem}\n")
    print(f"{len(checks) - len(failed)} passed, {len(failed)} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
