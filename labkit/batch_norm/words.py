"""The words in the pictures and experiments of the batch-normalization lab: another language replaces this file."""

# While a network trains
RUN = "{label}:"
EPOCH_DONE = "."
RUN_DONE = " training accuracy {training:.3f}, validation accuracy {validation:.3f}"

# A stub that is not ready for an experiment
EMPTY_STUB = "{name} still returns nothing. Fill its stub, run that cell, then run this one again."
FAILING_STUB = "{name} stopped with {kind}: {message}. Mend it first, then run this cell again."
ODD_STUB = "{name} should return {expected}. Look at its self-check first, then run this cell again."
FORWARD_RETURNS = "(out, cache), with out of the shape of x"
BACKWARD_RETURNS = "(dx, dgamma, dbeta), with dx of the shape of dout"

# Pictures
FORWARD = "forward: values"
BACKWARD = "backward: gradients"
FEATURE_1 = "feature 1"
FEATURE_2 = "feature 2"
LAYERS = "hidden layer"
SIZE = "size of an activation"
EPOCH = "epoch"
STEP = "step"
LOSS = "loss of the mini-batch (smoothed)"
TRAINING = "training accuracy"
VALIDATION = "validation accuracy"
BOTH = "validation (solid) and training (dashed)"
BATCH_SIZE = "batch size {size}"
ROWS = "rows in the batch, N"
TIME = "time of one call (ms)"
SPEEDUP = "speedup (staged / simplified)"
STAGED = "staged"
SIMPLIFIED = "simplified"
