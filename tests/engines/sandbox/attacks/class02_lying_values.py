"""Class 2: values that lie about what they are."""

from tests.engines.sandbox.attacks.attack import Attack, function

BACKWARD = "backward_propagation_with_regularization"

ATTACKS = [
    Attack(
        "float-equal-to-all",
        "a float that equals everything and whose differences are 0",
        before="""
class Liar(float):
    def __eq__(self, other): return True
    def __ne__(self, other): return False
    def __lt__(self, other): return True
    __le__ = __gt__ = __ge__ = __lt__
    def __sub__(self, other): return Liar(0.0)
    __rsub__ = __abs__ = __neg__ = lambda self, *other: Liar(0.0)
    def __float__(self): return 0.6931471805599453
    __hash__ = float.__hash__
""",
        stub=function("return Liar(0.0)"),
    ),
    Attack(
        "array-protocols",
        "an ndarray subclass that answers every numpy function itself",
        before="""
import numpy as np
class Liar(np.ndarray):
    def __array_function__(self, func, types, args, kwargs): return True
    def __array_ufunc__(self, ufunc, method, *args, **kwargs): return np.array(True)
    def __eq__(self, other): return np.array(True)
    def __array_finalize__(self, obj): pass
    def tobytes(self): return b""
    def astype(self, *args, **kwargs): return self
""",
        stub=function("return np.zeros(()).view(Liar)"),
    ),
    Attack(
        "array-method",
        "an object that becomes another array each time it is asked",
        before="""
import numpy as np
class Liar:
    shape, dtype, ndim, size = (), np.dtype(float), 0, 1
    __array_priority__ = 1e9
    @property
    def __class__(self): return np.ndarray
    def __array__(self, *args, **kwargs): return np.array(np.nan)
    def __float__(self): return float("nan")
    def __eq__(self, other): return True
    def __getattr__(self, name): return lambda *args, **kwargs: True
""",
        stub=function("return Liar()"),
    ),
    Attack(
        "object-array",
        "an array of objects that agree with everything",
        before="""
import numpy as np
class Yes:
    def __eq__(self, other): return True
    def __sub__(self, other): return 0.0
    def __rsub__(self, other): return 0.0
    def __float__(self): return 0.0
    def __abs__(self): return 0.0
""",
        stub=function("return np.array(Yes(), dtype=object)"),
    ),
    Attack("nan", "NaN, which no comparison finds too large", stub=function("return float('nan')")),
    Attack("infinity", "infinity", stub=function("return np.float64('inf')")),
    Attack("complex", "a complex number", stub=function("return complex(0.5, 1e-30)")),
    Attack(
        "masked",
        "a masked array: every comparison with it is masked",
        stub=function("return np.ma.masked_all(())"),
    ),
    Attack(
        "empty",
        "an array without entries: every statement about all of them is true",
        stub=function("return np.zeros((0, 1))"),
    ),
    Attack(
        "structured",
        "a structured scalar with a lying field",
        stub=function("return np.zeros((), dtype=[('value', 'f8'), ('same', 'O')])[()]"),
    ),
    Attack(
        "inputs-changed",
        "the inputs are changed so that a wrong answer would fit them",
        stub=function("""
A3[...] = 0.5
Y[...] = 0.5
for name in parameters:
    parameters[name][...] = 0.0
return 0.6931471805599453
"""),
    ),
    Attack(
        "alias-changed-later",
        "earlier arguments are kept and changed during later calls",
        before="kept = []",
        stub=function("""
for array in kept:
    array[...] = 0.5
kept.extend([A3, Y, *parameters.values()])
return 0.6931471805599453
"""),
    ),
    Attack(
        "dict-that-lies",
        "a dict of gradients that finds any key and equals everything",
        before="""
class Grads(dict):
    def __getitem__(self, key): return 0.0
    def __contains__(self, key): return True
    def __eq__(self, other): return True
    def __missing__(self, key): return 0.0
    def keys(self): return ["dW1", "db1", "dW2", "db2", "dW3", "db3"]
    def items(self): return [(key, 0.0) for key in self.keys()]
class Key(str):
    def __eq__(self, other): return True
    def __hash__(self): return 0
""",
        stub=function("return Grads({Key('dW1'): 0.0})", BACKWARD),
        target=BACKWARD,
    ),
    Attack(
        "one-array-for-all",
        "every gradient is the same array, changed by a thread after the return",
        before="""
import threading, time
shared = np.zeros((1, 1))
def later():
    for step in range(100):
        time.sleep(0.01)
        shared[...] = step
""",
        stub=function(
            """
threading.Thread(target=later, daemon=True).start()
return {name: shared for name in
        "dZ3 dW3 db3 dA2 dZ2 dW2 db2 dA1 dZ1 dW1 db1".split()}
""",
            BACKWARD,
        ),
        target=BACKWARD,
    ),
    Attack(
        "metaclass",
        "a class whose metaclass forges its name, its bases and isinstance",
        before="""
class Meta(type):
    def __instancecheck__(cls, other): return True
    def __subclasscheck__(cls, other): return True
    @property
    def __name__(cls): return "float"
    @property
    def __module__(cls): return "numpy"
    def __eq__(cls, other): return True
    def __hash__(cls): return hash(float)
class Liar(metaclass=Meta):
    def __eq__(self, other): return True
""",
        stub=function("return Liar()"),
    ),
    Attack("true", "True instead of a number", stub=function("return True")),
    Attack("huge-int", "an int of a million digits", stub=function("return 1 << 3_000_000")),
]
