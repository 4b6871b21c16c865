"""What the checks of the documentation share: pages, their blocks, and the program."""

import pathlib
import re
import subprocess
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
FENCE = re.compile(r"^```yaml\n(.*?)^```$", re.M | re.S)
MARKER = re.compile(r"<!-- (\S+\.yaml) -->$")
FRAGMENT = "<!-- fragment -->"
WAIT_SECONDS = 20


class Check:
    """One claim of the documentation, and what is wrong with it."""

    def __init__(self, name, problem):
        self.name = name
        self.problem = problem


class Block:
    """A fenced YAML block; `file` is the one that it shows, if a comment before it names one."""

    def __init__(self, page, found):
        before = page.text[: found.start()]
        marker = MARKER.search(before.rstrip())
        self.where = f"{page.name}:{before.count(chr(10)) + 2}"
        self.text = found.group(1)
        self.is_fragment = before.rstrip().endswith(FRAGMENT)
        self.file = ROOT / marker.group(1) if marker else None


class Page:
    def __init__(self, path):
        self.path = path
        self.name = str(path.relative_to(ROOT))
        self.text = path.read_text(encoding="utf-8") if path.exists() else ""

    def blocks(self):
        return [Block(self, found) for found in FENCE.finditer(self.text)]


def environment_of(text):
    """A value for every variable that a block names."""
    return {name: "value-of-" + name for name in re.findall(r"\benv\.([A-Za-z0-9_]+)", text)}


def run_braid(braid, *arguments, environment=None, folder=ROOT):
    return subprocess.run([str(braid), *map(str, arguments)], capture_output=True, text=True,
                          timeout=WAIT_SECONDS, env=environment, cwd=folder, check=False)


def problem_of(result):
    return None if result.returncode == 0 else (result.stderr + result.stdout).strip()


def check_text(braid, text, *options, more=None):
    """`braid check` of a text, with further files by name beside it."""
    with tempfile.TemporaryDirectory(prefix="braid-docs.") as name:
        folder = pathlib.Path(name)
        for file, content in {**(more or {}), "example.yaml": text}.items():
            (folder / file).write_text(content, encoding="utf-8")
        return run_braid(braid, "check", *options, "example.yaml",
                         environment=environment_of(text), folder=folder)
