"""What a student reads in the regularization lab: pictures, the table, training, the gradient check."""

from labkit.language import _, ngettext
from labkit.say import padded

# In the pictures.


def classes() -> tuple[str, str]:
    """Name the two classes of the planar data, label 0 first."""
    return _("moss A (0)"), _("moss B (1)")


def train_part() -> str:
    return _("Training part: some labels are wrong")


def validation_part() -> str:
    return _("Validation part: all labels are right")


def train() -> str:
    return _("training part")


def validation() -> str:
    return _("validation part")


def mistaken() -> str:
    return _("wrong label")


def border() -> str:
    return _("border of the network")


def true_border() -> str:
    return _("the stream (true border)")


def scores(train: float, validation: float) -> str:
    """Show the two accuracies of a run under its name; shares from 0 to 1."""
    return _("training {train:.3f}, validation {validation:.3f}", train=train, validation=validation)


def step() -> str:
    return _("step")


def cost() -> str:
    return _("training cost")


def cross_entropy() -> str:
    return _("cross-entropy")


def cost_curves() -> str:
    return _("What each recipe minimises")


def accuracy() -> str:
    return _("accuracy")


def squares() -> str:
    return _("sum of all squared weights")


def weight_sizes() -> str:
    return _("How large the weights grow")


def sweep(label: str) -> str:
    return _("Accuracy against {label}", label=label)


def right_labels() -> str:
    return _("training labels that are right")


def lowest() -> str:
    """Name the mark at the step with the lowest cross-entropy on the validation part."""
    return _("lowest on the validation part")


def spread(seeds: int) -> str:
    return ngettext("One seed", "The same recipes from {count} seeds", seeds)


def mean() -> str:
    return _("mean")


def seed() -> str:
    return _("one seed")


def measured() -> str:
    return _("measured slope of the cost")


def yours() -> str:
    return _("your gradient")


def gradients(name: str, difference: float) -> str:
    """Title of the two gradients of a recipe."""
    return _("{name}\nrelative difference {difference:.1e}", name=name, difference=difference)


def data_wish() -> str:
    return _("What the data want")


def penalty_wish() -> str:
    return _("What the penalty wants")


def compromise(strength: float) -> str:
    return _("The sum (lines: λ={strength:g}), its lowest points (dots)", strength=strength)


def full() -> str:
    return _("The full network")


def thinned() -> str:
    return _("A thinned network")


def dropout_steps() -> tuple[str, str, str, str]:
    """Titles of the four pictures of the dropout procedure."""
    return (
        _("1. All units are there"),
        _("2. Drop some at random:\nforward, backward, update"),
        _("3. Put all back"),
        _("4. Drop others at random:\nforward, backward, update"),
    )


def mask(name: str, share: float) -> str:
    """Title of a mask with the share of ones, from 0 to 1."""
    return _("{name}: {share:.1%} kept (dark), the rest dropped (white)", name=name, share=share)


def examples() -> str:
    return _("examples")


def units() -> str:
    return _("units")


def averages(times: int) -> str:
    return _("Activation A1 averaged over {times} masks\neach dot: one unit, one example", times=times)


def full_activation() -> str:
    return _("activation without dropout")


def mean_activation() -> str:
    return _("average activation with dropout")


def one_network() -> str:
    return _("one thinned network")


def crowd_average(accuracy: float) -> str:
    """Name the average of the thinned networks with its accuracy, a share from 0 to 1."""
    return _("their average: {accuracy:.3f}", accuracy=accuracy)


def full_network(accuracy: float) -> str:
    return _("the full network: {accuracy:.3f}", accuracy=accuracy)


def crowd_alone(count: int) -> str:
    return _("{count} thinned networks, each alone", count=count)


def validation_accuracy() -> str:
    return _("accuracy on the validation part")


def networks() -> str:
    return _("networks")


def crowd_together() -> str:
    return _("Answers at the places of the validation part")


def full_answer() -> str:
    return _("answer of the full network")


def average_answer() -> str:
    return _("average answer of the thinned networks")


def disagreement() -> str:
    return _("How much the thinned networks differ")


def standard_deviation() -> str:
    return _("standard deviation of their answers")


def waiting() -> str:
    """Stand in for the picture of a run that could not be trained."""
    return _("not trained yet:\nfill in the function,\nthen run this cell again")


def not_there() -> str:
    """Stand in for the picture of a function that is not filled in."""
    return _("nothing to show yet:\nfill in the function,\nthen run this cell again")


def not_trained(name: str) -> str:
    return _("{name} (not trained yet)", name=name)


# In the table.


def table_head(width: int, wrong: int, tested: bool) -> str:
    """Head of the table of accuracies, with the number of wrong training labels, with or without the test part."""
    if tested:
        return _("{name}  training  validation   test  wrong labels repeated", name=" " * width)
    return _("{name}  training  validation  wrong labels repeated (of {n})", name=" " * width, n=wrong)


def table_row(name: str, width: int, train: float, validation: float, test: float | None, learned: int) -> str:
    """Row of a trained network: accuracies from 0 to 1, and how many wrong labels it repeats."""
    shown = f"{padded(name, width)}  {train:8.3f}  {validation:10.3f}"
    return f"{shown}  {learned:5d}" if test is None else f"{shown}  {test:5.3f}  {learned:5d}"


def table_empty(name: str, width: int) -> str:
    """Row of a run that could not be trained."""
    return _("{name}  not trained yet", name=padded(name, width))


def wavering(accuracy: float, places: int, error: float) -> str:
    """Say how far an accuracy is off by the choice of the places alone."""
    return _(
        "An accuracy of {accuracy:.3f} at {places} places is uncertain by about ±{error:.3f}.",
        accuracy=accuracy,
        places=places,
        error=error,
    )


# In the training and the gradient check.


def still_empty(function: str) -> str:
    """Say that a function does not return what its stub describes."""
    return _(
        "{function} returns nothing usable yet. Fill in its cell, run it, then run this cell again.", function=function
    )


def stopped(function: str, kind: str, error: Exception) -> str:
    return _(
        "{function} stopped with {kind}: {error}. Its self-check helps to find the place.",
        function=function,
        kind=kind,
        error=error,
    )


def gradient_empty(function: str, gradient: str) -> str:
    """Say that a gradient is missing or None."""
    return _(
        "{function} leaves {gradient} empty. Fill it in, run that cell, then run this cell again.",
        function=function,
        gradient=gradient,
    )


def gradient_shape(function: str, gradient: str, actual: tuple[int, ...], expected: tuple[int, ...]) -> str:
    return _(
        "{function} returns {gradient} with the shape {actual}; its parameter has the shape {expected}.",
        function=function,
        gradient=gradient,
        actual=actual,
        expected=expected,
    )


def cost_not_finite(step: int) -> str:
    return _("The cost is no longer a finite number at step {step}.", step=step)


def trained(name: str, steps: int, cost: float) -> str:
    return ngettext(
        "{name}: {steps} step, cost {cost:.3f}",
        "{name}: {steps} steps, cost {cost:.3f}",
        steps,
        name=name,
        steps=steps,
        cost=cost,
    )


def stopped_early(name: str, step: int) -> str:
    return _("{name}, stopped at step {step}", name=name, step=step)


def untrained(name: str, problem: str) -> str:
    return _("{name}: not trained. {problem}", name=name, problem=problem)


def unchecked(name: str, problem: str) -> str:
    return _("{name}: not checked. {problem}", name=name, problem=problem)


def gradient_agrees(name: str, difference: float) -> str:
    """Say that the gradient check passed."""
    return _(
        "{name}: relative difference {difference:.1e}. Your gradient is the slope of your cost.",
        name=name,
        difference=difference,
    )


def gradient_differs(name: str, difference: float, limit: float) -> str:
    """Say that the gradient check failed; the arrays follow, line by line."""
    return _(
        "{name}: relative difference {difference:.1e}. "
        "Two equal gradients stay below {limit:.0e}. Look at the arrays with an arrow:",
        name=name,
        difference=difference,
        limit=limit,
    )


def draws_not_still(function: str) -> str:
    """Say that the random numbers of a forward pass cannot be repeated."""
    return _(
        "Two calls of {function} with the same seed draw different masks. "
        "Draw inside the function, with np.random.rand or np.random.default_rng().",
        function=function,
    )


# In the check of a formula that the student derives.


def slope_case(w: float, lambd: float, m: int) -> str:
    return _("w = {w:g}, λ = {lambd:g}, m = {m}", w=w, lambd=lambd, m=m)


def variance_case(a: float, keep_prob: float) -> str:
    return _("a = {a:g}, keep_prob = {keep_prob:g}", a=a, keep_prob=keep_prob)


def step_stopped(kind: str, error: Exception) -> str:
    return _("stopped with {kind}: {error}", kind=kind, error=error)


def no_number() -> str:
    return _("this is not a number")


def other_number(expected: float, actual: float) -> str:
    return _("measured {expected:.6g}, your formula gives {actual:.6g}", expected=expected, actual=actual)


def by_a_factor(factor: float) -> str:
    """Hint at a factor that is missing or too much in a formula."""
    return _("Your formula gives {factor:.3g} times the measured value in every case.", factor=factor)
