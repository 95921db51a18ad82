"""Mutants that survive because they do not change any answer, each with the reason."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Equivalent:
    """Mutants of one line, by what the line becomes."""

    file: str
    before: str
    after: tuple
    why: str

    def covers(self, pair, side, mutant):
        """Whether a mutant is one of these."""
        file = pair.rust if side == "rust" else pair.python
        return self.file == file and self.before == mutant.before and mutant.after in self.after


EQUIVALENT = []
