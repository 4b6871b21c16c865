"""docs/recipes.md shows the files of examples/recipes, and they do what their cases say."""

from pages import ROOT, Check, Page, problem_of, run_braid

FOLDER = ROOT / "examples/recipes"
CASES = ".cases.yaml"


def check_recipe(braid, file):
    name = str(file.relative_to(ROOT))
    cases = file.with_suffix(CASES)
    yield Check(f"{name} is clean", problem_of(run_braid(braid, "check", "--strict", file)))
    if not cases.exists():
        yield Check(f"{name} has cases", f"there is no {cases.name}")
        return
    played = run_braid(braid, "test", file, cases)
    yield Check(f"{name} does what its cases say", problem_of(played) or played.stderr.strip() or None)


def check_recipes(braid):
    files = sorted(FOLDER.glob("*.yaml"))
    shown = {block.file for block in Page(ROOT / "docs/recipes.md").blocks()}
    for file in files:
        if file not in shown:
            yield Check(str(file.relative_to(ROOT)), "docs/recipes.md does not show it")
        if not file.name.endswith(CASES):
            yield from check_recipe(braid, file)
