#!/usr/bin/python3
"""Asks bash, zsh and fish what they would complete, with what `braid completion` prints for them.

    tests/package/completion.py --braid build/braid

A shell that is not installed is skipped. Prints a line per question and a count.
"""

import argparse
import os
import shutil
import subprocess
import sys
import tempfile

# The line, and what must be offered; "…" at the end: among others.
QUESTIONS = [
    ("braid ch", ["check"]),
    ("braid comp", ["completion"]),
    ("braid check --f", ["--format"]),
    ("braid check --format ", ["json", "text"]),
    ("braid test --format t", ["tap", "text"]),
    ("braid completion ", ["bash", "fish", "zsh"]),
    ("braid manual braid.y", ["braid.yaml"]),
    ("braid run sh", ["shop.yaml"]),
    ("braid check --strict sh", ["shop.yaml"]),
    ("braid version ", []),
]

BASH = """
source "$1"
read -ra COMP_WORDS <<<"$2"
[[ $2 != *' ' ]] || COMP_WORDS+=('')
COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
_braid
printf '%s\\n' "${COMPREPLY[@]}"
"""

def lines_of(words, folder):
    done = subprocess.run(words, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, timeout=30,
                          env={**os.environ, "HOME": folder, "TERM": "dumb"}, check=False)
    return done.stdout.splitlines(), done.stderr


def bash_offers(script, line, folder):
    return lines_of(["bash", "--norc", "-c", BASH, "bash", script, line], folder)


def fish_offers(script, line, folder):
    found, said = lines_of(["fish", "--no-config", "-c", f"source {script}; complete -C '{line}'"], folder)
    return [one.split("\t")[0] for one in found], said


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--braid", default="build/braid")
    braid = os.path.abspath(parser.parse_args().braid)
    passed = failed = 0
    with tempfile.TemporaryDirectory(prefix="braid-completion-") as folder:
        for name in ("shop.yaml", "other.txt"):
            open(os.path.join(folder, name), "w", encoding="utf-8").close()
        for shell, offers in (("bash", bash_offers), ("fish", fish_offers), ("zsh", None)):
            if shutil.which(shell) is None:
                print(f"skipped: there is no {shell} here")
                continue
            script = os.path.join(folder, f"completion.{shell}")
            with open(script, "wb") as to:
                subprocess.run([braid, "completion", shell], stdout=to, check=True)
            syntax = subprocess.run([shell, "-n", script], stderr=subprocess.PIPE, text=True, check=False)
            checks = [(f"{shell} takes the script", syntax.returncode == 0 and not syntax.stderr, syntax.stderr)]
            for line, wanted in QUESTIONS if offers else []:
                found, said = offers(script, line, folder)
                found = sorted(set(filter(None, found)))
                checks.append((f"{shell}: '{line}' {' '.join(wanted)}", found == wanted and not said, f"{found} {said}"))
            for name, fine, why in checks:
                print(f"{'ok    ' if fine else 'FAILED'} {name}" + ("" if fine else f": {why}"))
                passed, failed = passed + fine, failed + (not fine)
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
