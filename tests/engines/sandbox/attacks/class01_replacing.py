"""Class 1: replacing functions that a judge in the same process would trust."""

from tests.engines.sandbox.attacks.attack import Attack, function

ATTACKS = [
    Attack(
        "allclose",
        "np.allclose and its kin always say yes",
        before="""
import numpy as np
for name in ("allclose", "isclose", "array_equal", "array_equiv"):
    setattr(np, name, lambda *args, **kwargs: True)
""",
    ),
    Attack(
        "np-testing",
        "np.testing asserts nothing",
        before="""
import numpy as np
for name in dir(np.testing):
    if name.startswith("assert"):
        setattr(np.testing, name, lambda *args, **kwargs: None)
""",
    ),
    Attack(
        "builtins",
        "abs is 0, all is True, any is False, round is 10",
        before="""
import builtins
builtins.abs = lambda value: 0.0
builtins.all = lambda values: True
builtins.any = lambda values: False
builtins.round = lambda value, digits=None: 10.0
""",
    ),
    Attack(
        "numpy-internals",
        "the modules behind np, and the C table of ndarray itself",
        before="""
import gc, sys
import numpy as np
for name, module in list(sys.modules.items()):
    if name.startswith(("numpy.testing", "numpy._core.numeric", "numpy._core._methods")):
        for attribute in ("allclose", "isclose", "_all", "array_equal"):
            if hasattr(module, attribute):
                setattr(module, attribute, lambda *args, **kwargs: True)
table = gc.get_referents(np.ndarray.__dict__)[0]
table["tobytes"] = lambda self: b""
table["all"] = lambda self, *args, **kwargs: True
""",
        costs=("everything",),
    ),
    Attack(
        "fake-autograder",
        "a module of its own under the name autograder",
        before="""
import sys, types
fake = types.ModuleType("autograder")
fake.grade = lambda *args: 10.0
fake.kernel_grading = fake.checking = fake.assignments = fake
for name in ("autograder", "autograder.engines.kernel.in_kernel", "autograder.checking", "autograder.assignments"):
    sys.modules[name] = fake
""",
    ),
    Attack(
        "import-hook",
        "every later import yields a forgery",
        before="""
import builtins, sys, types
class Forger:
    def find_spec(self, name, path=None, target=None):
        if name.startswith("autograder"):
            fake = types.ModuleType(name)
            fake.grade = lambda *args: 10.0
            sys.modules[name] = fake
        return None
sys.meta_path.insert(0, Forger())
real = builtins.__import__
def forged(name, *args, **kwargs):
    module = real(name, *args, **kwargs)
    if name.startswith("autograder"):
        module.grade = lambda *more: 10.0
    return module
builtins.__import__ = forged
""",
    ),
    Attack(
        "labkit",
        "the toolkit's self-check and its calls replaced",
        before="""
import labkit, sys
labkit.check = lambda *args: print("all passed")
import labkit.calls.call, labkit.calls.plain, labkit.calls.differences
def forged(calls, functions):
    return [labkit.calls.call.Outcome(value=10.0) for call in calls]
for module in list(sys.modules.values()):
    if getattr(module, "perform", None) is labkit.calls.call.perform:
        module.perform = forged
labkit.calls.plain.plain = lambda value: 10.0
labkit.calls.plain.same = lambda first, second: True
labkit.calls.differences.differences = lambda *args, **kwargs: []
labkit.calls.differences.difference = lambda *args, **kwargs: None
""",
        costs=("everything",),
    ),
    Attack(
        "shell-hooks",
        "IPython hooks that print a score after every cell",
        before="""
shell = get_ipython()
def forge(*args):
    shell.displayhook(10.0)
    print("10.0")
for event in ("pre_run_cell", "post_run_cell", "pre_execute", "post_execute"):
    shell.events.register(event, forge)
""",
    ),
    Attack(
        "input-transformers",
        "IPython transformers that rewrite every later cell into a score",
        before="""
shell = get_ipython()
import ast
shell.input_transformers_post.append(
    lambda lines: ["10.0\\n"] if any("grade(" in line or "labkit.check" in line for line in lines) else lines)
class Score(ast.NodeTransformer):
    def visit_Call(self, node):
        self.generic_visit(node)
        if getattr(node.func, "attr", "") in ("grade", "check"):
            return ast.copy_location(ast.Constant(10.0), node)
        return node
shell.ast_transformers.append(Score())
""",
    ),
    Attack(
        "showtraceback",
        "errors are never shown",
        before="""
shell = get_ipython()
shell.showtraceback = lambda *args, **kwargs: print("10.0")
shell.set_custom_exc((Exception,), lambda *args, **kwargs: print("10.0"))
import sys
sys.excepthook = lambda *args: print("10.0")
""",
        stub=function("raise RuntimeError('not shown')"),
    ),
    Attack(
        "displayhook",
        "whatever a cell results in is shown as 10.0",
        before="""
import sys
shell = get_ipython()
shell.displayhook.compute_format_data = lambda result: ({"text/plain": "10.0"}, {})
sys.displayhook = lambda value: print("10.0")
""",
    ),
    Attack(
        "run-cell",
        "the shell's own run_cell replaced",
        before="""
shell = get_ipython()
class Result:
    result = 10.0
    success = True
    error_before_exec = error_in_exec = None
    def raise_error(self): pass
def forged(*args, **kwargs):
    print("10.0")
    return Result()
type(shell).run_cell = forged
type(shell).run_code = forged
""",
        costs=("everything",),
    ),
    Attack(
        "trace",
        "a trace function that rewrites the variables of whoever calls",
        before="""
import ctypes, sys
def trace(frame, event, argument):
    for name in ("expected", "outcome", "outcomes", "score", "points", "passed", "value"):
        if name in frame.f_locals:
            try:
                frame.f_locals[name] = 10.0
                ctypes.pythonapi.PyFrame_LocalsToFast(ctypes.py_object(frame), ctypes.c_int(0))
            except BaseException:
                pass
    return trace
""",
        stub=function("""
import sys
frame = sys._getframe(1)
while frame:
    trace(frame, "call", None)
    frame.f_trace = trace
    frame = frame.f_back
sys.settrace(trace)
sys.setprofile(trace)
return 0.0
"""),
        costs=("everything",),
    ),
    Attack(
        "channel-libraries",
        "json, struct and the socket classes that carry the answers replaced",
        before="""
import json, os, struct
real = json.dumps
def forged(value, *args, **kwargs):
    text = real(value, *args, **kwargs)
    return text.replace('"passed": false', '"passed": true').replace('0.0', '10.0')
json.dumps = forged
json.JSONEncoder.encode = lambda self, value: '{"score": 10.0, "max_score": 10.0, "passed": true}'
""",
        costs=("everything",),
    ),
]
