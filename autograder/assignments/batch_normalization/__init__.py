"""The answer key of the batch-normalization lab.

Two checks of the forward pass (train and test mode) and one of each backward pass. The backward passes are judged
against the right result or, where the student's own forward has a slip, against that forward: see `follow_through`.
"""

from __future__ import annotations

from autograder.assignments.batch_normalization import backward, forward
from autograder.assignments.batch_normalization.mistakes.backward import SIMPLIFIED, STAGED
from autograder.assignments.batch_normalization.mistakes.forward import FORWARD
from autograder.assignments.batch_normalization.right_answers import RIGHT
from autograder.checking.check import AnswerKey

ANSWER_KEY = AnswerKey(
    assignment="batch_normalization",
    checks=(forward.TRAIN, forward.TEST, backward.STAGED, backward.SIMPLIFIED),
    mistakes=(*FORWARD.mistakes, *STAGED.mistakes, *SIMPLIFIED.mistakes),
    right_answers=RIGHT.right_answers,
    datasets=("digits.csv",),
)
