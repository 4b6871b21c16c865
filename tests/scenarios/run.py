#!/usr/bin/python3
"""Runs the scenarios of this folder against a braid executable.

    tests/scenarios/run.py --braid build/braid [--only NAME] [FILE ...]

Prints one line per scenario, what differs for each that fails, and a count; the exit
code is 0 when all passed. README.md tells how a scenario is written.
"""

import argparse
import concurrent.futures
import glob
import os
import sys
import time
import traceback

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)

from fakes import Fake  # noqa: E402
from story import Story, check_document, steps_of  # noqa: E402
from values import read_scenarios  # noqa: E402


def arguments():
    parser = argparse.ArgumentParser(description="run braid's scenarios")
    parser.add_argument("files", nargs="*", help="scenario files (default: all of this folder)")
    parser.add_argument("--braid", default=os.path.join(HERE, "..", "..", "build", "braid"), help="the executable")
    parser.add_argument("--workers", type=int, default=0, help="`workers:` of every configuration that has none")
    parser.add_argument("--transport", default="", help="`transport:` of every service that has none, e.g. curl")
    parser.add_argument("--jobs", type=int, default=4, help="scenarios played at the same time")
    parser.add_argument("--only", default="", help="a tag, or a part of the name or of the file's name")
    parser.add_argument("--slow", type=float, default=1.0, help="multiplies the upper bounds of time")
    parser.add_argument("--later", action="store_true", help="only what is marked `later:`, a reason why not yet")
    parser.add_argument("--list", action="store_true", help="name the scenarios, run nothing")
    parser.add_argument("--dry", action="store_true", help="read and check the scenario files, run nothing")
    parser.add_argument("--verbose", action="store_true", help="show the configuration of what fails")
    return parser.parse_args()


def collect(options):
    """[(file:line, document)] of what was asked for, and of what is left for later."""
    chosen, later = [], []
    for path in options.files or sorted(glob.glob(os.path.join(HERE, "*.yaml"))):
        for line, document in read_scenarios(path):
            place = f"{os.path.basename(path)}:{line}"
            tags = document.get("tags") or []
            if options.only in tags or options.only in f"{place} {document.get('name')}":
                (later if "later" in document else chosen).append((place, document))
    return (later, []) if options.later else (chosen + later, []) if options.dry else (chosen, later)


def play(place, document, options):
    """(place, name, findings, seconds); never raises."""
    began = time.monotonic()
    try:
        found = Story(document, options).play()
    except Exception:  # a mistake of the runner is a failure of the scenario, not of the whole run
        found = ["the runner failed:\n" + traceback.format_exc()]
    return place, document.get("name"), found, time.monotonic() - began


def dry(chosen):
    """Checks the scenario files alone."""
    wrong = 0
    names = {}
    for place, document in chosen:
        try:
            check_document(document)
            for name, script in (document.get("services") or {}).items():
                Fake(name, script).close()
            if document["name"] in names:
                raise ValueError(f"the name is also that of {names[document['name']]}")
            names[document["name"]] = place
            if not steps_of(document) and not {"check", "checks", "explain", "run", "command"} & set(document):
                raise ValueError("nothing is done")
        except (ValueError, KeyError, TypeError) as error:
            wrong += 1
            print(f"{place}: {document.get('name')}: {error}")
    print(f"{len(chosen)} scenarios read, {wrong} wrong")
    return 1 if wrong else 0


def report(result, documents, options):
    place, name, found, took = result
    print(f"{'FAILED' if found else 'ok    '} {place:24} {name}  ({took:.2f} s)", flush=True)
    for finding in found:
        for line in finding.splitlines():
            print(f"         {line}")
    if found and options.verbose and documents[place].get("config"):
        print("         the configuration (before @…@ is filled in):")
        for number, line in enumerate(documents[place]["config"].splitlines(), 1):
            print(f"         {number:4} | {line}")
    sys.stdout.flush()


def main():
    options = arguments()
    chosen, later = collect(options)
    if options.list:
        for place, document in chosen:
            print(f"{place:24} {document.get('name')}")
        return 0
    if options.dry:
        return dry(chosen)
    options.braid = os.path.abspath(options.braid)
    if not os.access(options.braid, os.X_OK):
        print(f"there is no executable {options.braid}")
        return 2
    if not chosen:
        print("no scenario was chosen")
        return 2
    documents = dict(chosen)
    passed = failed = 0
    with concurrent.futures.ProcessPoolExecutor(options.jobs) as pool:
        plays = [pool.submit(play, place, document, options) for place, document in chosen]
        for done in concurrent.futures.as_completed(plays):
            result = done.result()
            report(result, documents, options)
            failed += bool(result[2])
            passed += not result[2]
    for place, document in later:
        print(f"later  {place:24} {document.get('name')}: {document['later']}")
    print(f"{passed} passed, {failed} failed" + (f", {len(later)} left for later" if later else ""))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
