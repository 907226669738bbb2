"""The words of the regularization lab in one place: pictures, tables, training. Another language replaces this file."""

# In the pictures.
CLASSES = ("moss A (0)", "moss B (1)")
TRAIN_PART = "Training part: some labels are wrong"
TEST_PART = "Test part: all labels are right"
TRAIN = "training part"
TEST = "test part"
MISTAKEN = "wrong label"
SCORES = "training {train:.3f}, test {test:.3f}"
STEP = "step"
COST = "training cost"
CROSS_ENTROPY = "cross-entropy"
COST_CURVES = "What each recipe minimises"
ACCURACY = "accuracy"
SQUARES = "sum of all squared weights"
WEIGHT_SIZES = "How large the weights grow"
SWEEP = "Accuracy against {label}"
RIGHT_LABELS = "training labels that are right"
MEASURED = "measured slope of the cost"
YOURS = "your gradient"
GRADIENTS = "{name}\nrelative difference {difference:.1e}"
DATA_WISH = "What the data want"
PENALTY_WISH = "What the penalty wants"
COMPROMISE = "The compromise (here λ=0.1)"
FULL = "The full network"
THINNED = "A thinned network"
DROPOUT_STEPS = (
    "1. All units are there",
    "2. Drop some at random:\nforward, backward, update",
    "3. Put all back",
    "4. Drop others at random:\nforward, backward, update",
)
MASK = "{name}: {share:.1%} kept"
EXAMPLES = "examples"
UNITS = "units"
AVERAGES = "Activation A1 averaged over {times} masks\neach dot: one unit, one example"
FULL_ACTIVATION = "activation without dropout"
MEAN_ACTIVATION = "average activation with dropout"
WAITING = "not trained yet:\nfill in the function,\nthen run this cell again"
NOT_THERE = "nothing to show yet:\nfill in the function,\nthen run this cell again"
NOT_TRAINED = "{name} (not trained yet)"

# In the table.
TABLE_HEAD = "{name:{width}}   training   test    wrong labels repeated (of {wrong})"
TABLE_ROW = "{name:{width}}   {train:8.3f}   {test:.3f}   {learned:5d}"
TABLE_EMPTY = "{name:{width}}   not trained yet"

# What the training and the gradient check say.
STILL_EMPTY = "{function} returns nothing usable yet. Fill in its cell, run it, and come back."
STOPPED = "{function} stopped with {kind}: {error}. Its self-check helps to find the place."
GRADIENT_EMPTY = "{function} leaves {gradient} empty. Fill it in, run the cell, and come back."
GRADIENT_SHAPE = "{function}: {gradient} has the shape {actual}, its parameter {expected}."
COST_NOT_FINITE = "the cost is no finite number any more at step {step}."
TRAINED = "{name}: {steps} steps, cost {cost:.3f}"
UNTRAINED = "{name}: not trained. {problem}"
CHECKED = "{name}: relative difference {difference:.1e}. {verdict}"
UNCHECKED = "{name}: not checked. {problem}"
GRADIENT_AGREES = "Your gradient is the slope of your cost."
GRADIENT_DIFFERS = "Below 1e-7 they would agree. Look at the arrays with an arrow:"
DRAWS_NOT_STILL = (
    "two calls of {function} with the same seed draw different masks. "
    "Draw inside the function, with np.random.rand or np.random.default_rng()."
)
