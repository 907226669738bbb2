"""Gather what answer keys hold as data and students read: hints, criteria, cases."""

import re

import numpy as np

from autograder.checking.check import AnswerKey
from autograder.language import without_numbers
from labkit.calls.differences import Names


def _in_words(names: Names) -> list[str]:
    """List the names of outputs that are words, such as "A3 in the cache"; names in code stay in every language."""
    words = []
    for name in names:
        words += [part for part in ([name] if isinstance(name, str) else name[1]) if " " in part]
    return words


def phrases_of(key: AnswerKey) -> list[str]:
    """List the phrases of an answer key, numbers left out, each once. All secrets give the cases the same names."""
    phrases = [mistake.hint for check in key.checks for mistake in key.mistakes_in(check)]
    phrases += key.ideas
    for check in key.checks:
        phrases += [criterion.name for criterion in check.criteria]
        phrases += [call.label for call in (*check.public(), *check.probes(np.random.default_rng(0)))]
        phrases += _in_words(check.outputs)
    words = (without_numbers(phrase) for phrase in phrases)
    return list(dict.fromkeys(phrase for phrase in words if re.search(r"[^\W\d_]{2}", phrase)))
