"""Known wrong functions, one file a function of the lab: a right `SOURCE`, a `CATALOGUE` of mistakes in it."""

from __future__ import annotations

from autograder.assignments.batch_normalization.mistakes import backward, backward_alt, forward

MISTAKES = tuple(mistake for function in (forward, backward, backward_alt) for mistake in function.CATALOGUE.mistakes)
