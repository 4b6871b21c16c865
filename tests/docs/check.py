#!/usr/bin/python3
"""The documentation is checked against the program.

    tests/docs/check.py [--braid build/braid] [--write]

Every fenced ```yaml block of README.md and docs/*.md that is a whole file (it has `listen:` or
`routes:` at its margin) is given to `braid check`, which must find no mistake in it. A block behind
the comment <!-- fragment --> is only read as YAML, and one behind <!-- FOLDER/FILE.yaml --> is that
file; --write puts it there. What a ```console block shows of `braid explain`, `matrix`, `drill` and
`test` must be what they print, and docs/keys.md what `braid reference` prints. keys.py, recipes.py
and warning_examples.py say what is checked of those pages.
The last line is "N passed, M failed"; the exit code is 0 when nothing failed.
"""

import argparse
import pathlib
import re
import shlex
import sys
import textwrap

import yaml

from keys import check_keys
from pages import FENCE, FRAGMENT, ROOT, Block, Check, Page, check_text, problem_of, run_braid
from recipes import check_recipes
from warning_examples import check_warnings

SHOWN = re.compile(r"^```console\n\$ braid ((?:explain|matrix|drill|test) [^\n]*)\n(.*?)^```$", re.M | re.S)
WHOLE_FILE = re.compile(r"^(listen|routes):", re.M)


def problem_of_fragment(text):
    try:
        yaml.compose(text)
    except yaml.YAMLError as error:
        return str(error)
    return None


def problem_of_shown_file(block):
    if not block.file.exists():
        return f"there is no {block.file.relative_to(ROOT)}"
    if block.file.read_text(encoding="utf-8") != block.text:
        return f"it is not what stands in {block.file.relative_to(ROOT)}: tests/docs/check.py --write"
    return None


def check_page(braid, page):
    for block in page.blocks():
        if block.file is not None:
            yield Check(block.where, problem_of_shown_file(block))
        elif block.is_fragment:
            yield Check(block.where, problem_of_fragment(block.text))
        elif WHOLE_FILE.search(block.text):
            yield Check(block.where, problem_of(check_text(braid, block.text)))
        else:
            yield Check(block.where, f"neither a whole file nor marked with {FRAGMENT}")


def check_shown(braid, page):
    for found in SHOWN.finditer(page.text):
        words = shlex.split(found.group(1))
        if not all((ROOT / word).exists() for word in words if word.endswith(".yaml")):
            continue
        line = page.text[: found.start()].count("\n") + 2
        printed = run_braid(braid, *words).stdout
        problem = None if printed and printed == found.group(2) else f"the program prints:\n{printed}"
        yield Check(f"{page.name}:{line}", problem)


def write_files(page):
    """Puts each file into the block that shows it."""
    def fresh(found):
        block = Block(page, found)
        if block.file is None or not block.file.exists():
            return found.group(0)
        return f"```yaml\n{block.file.read_text(encoding='utf-8')}```"

    text = FENCE.sub(fresh, page.text)
    if text != page.text:
        page.path.write_text(text, encoding="utf-8")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--braid", type=pathlib.Path, default=ROOT / "build/braid")
    parser.add_argument("--write", action="store_true", help="put the files that are shown into the pages")
    arguments = parser.parse_args()
    braid = arguments.braid.resolve()
    if not braid.exists():
        print(f"there is no {braid}", file=sys.stderr)
        return 2
    pages = [Page(path) for path in (ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md")))]
    if arguments.write:
        for page in pages:
            write_files(page)
        return 0
    checks = [check for page in pages for check in (*check_page(braid, page), *check_shown(braid, page))]
    checks += [*check_keys(braid), *check_recipes(braid), *check_warnings(braid)]
    failed = [check for check in checks if check.problem is not None]
    for check in failed:
        print(f"FAILED {check.name}\n{textwrap.indent(check.problem, chr(32) * 2)}\n")
    print(f"{len(checks) - len(failed)} passed, {len(failed)} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
