"""Claims of a test, told as they are checked, and counted."""

SEEN = 1500  # characters of what was seen instead


class Judge:
    def __init__(self):
        self.good = self.bad = 0

    def say(self, claim, truth, seen=""):
        print(f"{'ok    ' if truth else 'FAILED'} {claim}" + ("" if truth else f": {str(seen)[:SEEN]}"), flush=True)
        self.good += bool(truth)
        self.bad += not truth
