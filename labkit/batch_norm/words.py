"""What a student reads in the experiments and pictures of the batch-normalization lab."""

from labkit.language import _

# While a network trains.


def run_done(training: float, validation: float) -> str:
    """End the line of a run with its accuracies, from 0 to 1."""
    return _(
        "training accuracy {training:.3f}, validation accuracy {validation:.3f}",
        training=training,
        validation=validation,
    )


# A stub that is not ready for an experiment.


def empty_stub(name: str) -> str:
    """Say that a function returns None."""
    return _("{name} still returns nothing. Fill in its stub, run that cell, then run this one again.", name=name)


def failing_stub(name: str, kind: str, message: Exception) -> str:
    return _(
        "{name} stopped with {kind}: {message}. Fix it first, then run this cell again.",
        name=name,
        kind=kind,
        message=message,
    )


def odd_forward(name: str) -> str:
    """Say what a forward function should return."""
    return _(
        "{name} should return (out, cache), with out of the shape of x. "
        "Look at its self-check first, then run this cell again.",
        name=name,
    )


def odd_backward(name: str) -> str:
    """Say what a backward function should return."""
    return _(
        "{name} should return (dx, dgamma, dbeta), with dx of the shape of dout. "
        "Look at its self-check first, then run this cell again.",
        name=name,
    )


# In the pictures.


def forward() -> str:
    return _("forward: values")


def backward() -> str:
    return _("backward: gradients")


def feature_1() -> str:
    return _("feature 1")


def feature_2() -> str:
    return _("feature 2")


def layers() -> str:
    return _("hidden layer")


def size() -> str:
    return _("size of an activation")


def epoch() -> str:
    return _("epoch")


def step() -> str:
    return _("step")


def loss() -> str:
    return _("loss of the mini-batch (smoothed)")


def training() -> str:
    return _("training accuracy")


def validation() -> str:
    return _("validation accuracy")


def both() -> str:
    return _("validation (solid) and training (dashed)")


def batch_size(size: int) -> str:
    return _("batch size {size}", size=size)


def rows() -> str:
    return _("rows in the batch, N")


def time() -> str:
    return _("time of one call (ms)")


def speedup() -> str:
    """Title of the quotient of the two times."""
    return _("speedup (staged / simplified)")


def staged() -> str:
    return _("staged")


def simplified() -> str:
    return _("simplified")
