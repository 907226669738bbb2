"""Class 10: knowing the exam: the visible cases, the grader's habits, somebody else's answers."""

from tests.engines.sandbox.attacks.attack import Attack, function

ATTACKS = [
    Attack(
        "constants",
        "a constant that fits a visible case",
        stub=function("return 1.7864859451590758 if A3.shape[1] == 5 else 0.6931471805599453"),
    ),
    Attack(
        "public-cases-looked-up",
        "answers looked up in the recorded public cases",
        before="""
import json, pathlib
known = []
def collect(value):
    if isinstance(value, (int, float)):
        known.append(float(value))
    for item in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        collect(item)
for path in pathlib.Path(".").rglob("*.json"):
    collect(json.loads(path.read_text()))
""",
        stub=function("return known[len(known) // 2] if known else 0.0"),
    ),
    Attack(
        "detects-the-grader",
        "right where it is watched by the notebook, wrong elsewhere",
        before="""
import os, sys
def watched():
    frame = sys._getframe()
    while frame:
        if "selfcheck" in frame.f_code.co_filename:
            return True
        frame = frame.f_back
    return os.environ.get("JPY_PARENT_PID") is not None
""",
        stub=function("""
if not watched():
    return 0.0
m = Y.shape[1]
cost = -np.sum(Y * np.log(A3) + (1 - Y) * np.log(1 - A3)) / m
return cost + lambd / (2 * m) * sum(np.sum(parameters[f"W{l}"] ** 2) for l in (1, 2, 3))
"""),
    ),
    Attack(
        "counts-the-calls",
        "right in the first two calls only",
        before="calls = []",
        stub=function("""
calls.append(1)
m = Y.shape[1]
cost = -np.sum(Y * np.log(A3) + (1 - Y) * np.log(1 - A3)) / m
cost = cost + lambd / (2 * m) * sum(np.sum(parameters[f"W{l}"] ** 2) for l in (1, 2, 3))
return cost if len(calls) <= 2 else 0.0
"""),
    ),
    Attack(
        "imports-the-reference",
        "the reference imported under every name",
        before="""
import importlib, sys
sys.path[:0] = ["@PROJECT@", "@COURSE@"]
for name in ("autograder", "autograder.assignments", "autograder.assignments.regularization", "autograder.checking",
             "autograder.engines.sandbox", "autograder.assignments.regularization.l2_cost", "source", "tests"):
    attempt(name, lambda: importlib.import_module(name))
attempt("find_spec", lambda: importlib.util.find_spec("autograder").loader)
""",
    ),
    Attack(
        "imports-in-the-function",
        "the reference imported while it is judged",
        before="found = []",
        stub=function("""
try:
    from autograder.assignments import answer_key
    found.append(1)
    key = answer_key("regularization")
    return key.checks[0].reference["compute_cost_with_regularization"](A3, Y, parameters, lambd)
except ImportError:
    return 0.0
"""),
        after="if found:\n    breached('reference')",
    ),
    Attack(
        "reads-the-caller",
        "the case's label and expected value taken from whoever calls",
        before="import sys",
        stub=function("""
frame = sys._getframe(1)
while frame:
    for name, value in frame.f_locals.items():
        if name in ("expected", "right", "wanted", "answer") and value is not None:
            return value
        if type(value).__name__ in ("Outcome", "Trial") and getattr(value, "value", None) is not None:
            return value.value
    frame = frame.f_back
return 0.0
"""),
    ),
    Attack(
        "autograd-library",
        "gradients from an autograd library that the course does not have",
        stub=function("import torch\nreturn torch.autograd.grad(cache, X)", "backward_propagation_with_regularization"),
        target="backward_propagation_with_regularization",
        says="torch",
    ),
    Attack(
        "mask-of-ones",
        "dropout that keeps all units, by a fixed random generator",
        before="class Fixed:\n    def __call__(self, *shape): return np.zeros(shape)\n",
        stub=function(
            """
np.random.rand = Fixed()
A1 = relu(np.dot(parameters["W1"], X) + parameters["b1"])
D1 = np.random.rand(*A1.shape) < keep_prob
A1 = A1 * D1 / keep_prob
A2 = relu(np.dot(parameters["W2"], A1) + parameters["b2"])
D2 = np.random.rand(*A2.shape) < keep_prob
A2 = A2 * D2 / keep_prob
Z3 = np.dot(parameters["W3"], A2) + parameters["b3"]
return sigmoid(Z3), None
""",
            "forward_propagation_with_dropout",
        ),
        target="forward_propagation_with_dropout",
        share=0.5,
    ),
]
