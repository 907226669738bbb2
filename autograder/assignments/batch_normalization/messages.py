"""The words of this answer key's cases and findings, in one place: another language replaces this file and hints.py."""

from __future__ import annotations

USUAL = "eps = 1e-5, momentum = 0.9"
LARGE_EPS = "eps = 0.5, momentum = 0.5"
LOW_VARIANCE = "features that hardly vary"
SECOND_CALL = "the same call again"
DEFAULTS = "only the mode in bn_param"
ONE_EXAMPLE = "one example only"
CONSTANT = "a feature that is constant"
OFFSET = "features near 1,000,000"
FLOAT32 = "float32 input"

FAR_FROM_RIGHT = "counts once out is roughly right."
NOT_STORED = "{case}: {name} is not in bn_param after the call."
STATISTICS_CHANGED = "{case}: {name} in bn_param is another one after the call; test mode only reads it."
SETTING_CHANGED = "the function changes {name!r} in bn_param; only the running statistics are to be stored there."
WRONG_MODE = "mode = {mode!r}"
EXPECTED_ERROR = "mode = {mode!r}: expected a ValueError, got {actual}."
NO_ERROR = "no error"
SECOND_BACKWARD = "a second call with the same cache gives another result; is something in the cache changed in place?"
SECOND_FORWARD = "after it x, gamma or beta is another one; is something in the cache changed in place?"
NEITHER = "neither right nor the gradient of your own forward pass. {finding}"
