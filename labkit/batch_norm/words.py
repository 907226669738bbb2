"""What a student reads in the experiments and pictures of the batch-normalization lab."""

from labkit.language import _, in_a_row

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


def odd_layer(name: str) -> str:
    """Say what a hidden layer should return."""
    return _(
        "{name} should return (a, cache), with a row for each row of x. "
        "Look at its check first, then run this cell again.",
        name=name,
    )


# The steps that nobody grades.


def stage(name: str) -> str:
    """Name a stage of the forward pass, in the order of the table."""
    return {
        "mu": _("1. mu, the mean"),
        "var": _("2. var, the variance"),
        "running_mean": _("running_mean after the call"),
        "running_var": _("running_var after the call"),
        "x_hat": _("3. x_hat, normalized"),
        "out": _("4. out, scaled and shifted"),
    }[name]


def still_nothing() -> str:
    return _("still None")


def not_moved(name: str) -> str:
    return _("{name} in bn_param is what it was before the call: store the new average there", name=name)


def no_such_variables(names: list[str]) -> str:
    return _(
        "Your function has no variable with the name {names}, so that stage cannot be looked at. Nothing else is lost.",
        names=in_a_row(names),
    )


def step_stopped(kind: str, message: Exception) -> str:
    return _("The function stopped with {kind}: {message}", kind=kind, message=message)


def mean_of_rows() -> str:
    return _("This is the mean of each row. A feature is a column: over which axis must the examples be added?")


def sum_only() -> str:
    return _("This is the sum. By what is it divided?")


def unbiased() -> str:
    return _("This divides by N − 1. The biased variance divides by N.")


def deviation_for_variance() -> str:
    return _("This is the standard deviation, the root of the variance. The root comes in step 3.")


def momentum_turned() -> str:
    return _("The two weights are exchanged: momentum belongs to the old average, 1 − momentum to the new batch.")


def forgets_the_past() -> str:
    return _("This is the value of the batch alone. Where is the old average?")


def no_root() -> str:
    return _("It looks as if you divided by σ² + ε. Where is the root?")


def eps_outside_the_root() -> str:
    return _("ε was added to the root. It belongs under the root.")


def no_eps() -> str:
    return _("ε is missing under the root.")


def gamma_for_beta() -> str:
    return _("γ and β are exchanged: which of them multiplies?")


def gradient_of_mean_row() -> str:
    return _("∂l/∂μ on the batch on paper")


def sign_of_mean_gradient() -> str:
    return _("The size is right, the sign is not: x̂ gets smaller where μ gets larger.")


def derivative_of_x_hat_missing() -> str:
    return _("The sum is right. The local derivative of x̂ with respect to μ is not −1: what does step 3 divide by?")


def sum_over_rows_missing() -> str:
    return _("All rows use the same μ: an arrow goes to each row, so their gradients are added.")


def bracket_row() -> str:
    return _("the bracket on the batch on paper")


def factor_n_missing() -> str:
    return _("1/N stands in front of the bracket. The first of the three terms had no 1/N: what must it get inside?")


def sign_of_last_sum() -> str:
    return _("The last sum has the wrong sign. Follow the minus of ∂l/∂σ² once more.")


def x_hat_before_last_sum() -> str:
    return _("The last sum is the same for all rows of a column. What stands before it that belongs to row i?")


def half_left() -> str:
    return _("A factor ½ is left over in the last term. With which factor does it cancel?")


def first_sum_missing() -> str:
    return _("The term through μ is missing.")


def last_sum_missing() -> str:
    return _("The term through σ² is missing.")


def layer_row(name: str) -> str:
    """Name what is checked in a hidden layer."""
    return {
        "runs": _("it runs"),
        "normalize": _("normalize is called once"),
        "affine": _("normalize gets x W + b"),
        "gamma and beta": _("… and γ, β of this layer"),
        "bn_param": _("… and bn_param of this layer"),
        "ReLU": _("ReLU comes last"),
        "cache": _("the cache is handed on"),
    }[name]


def layer_empty() -> str:
    return _("The layer still returns None.")


def normalize_calls(count: int) -> str:
    if count:
        return _("normalize is called {count} times; a layer needs it once", count=count)
    return _("normalize is never called, so this is a plain layer. Call the function that you are given as normalize")


def normalize_arguments() -> str:
    return _("normalize takes four arguments, as batchnorm_forward does: the batch, gamma, beta, bn_param")


def relu_before_normalization() -> str:
    return _("ReLU stands before the normalization. The order is: affine, normalize, ReLU")


def affine_missing() -> str:
    return _("it gets x itself. First comes the affine step with W and b of this layer")


def bias_missing() -> str:
    return _("it gets x W; the bias b is missing")


def weights_of_another_layer() -> str:
    return _("W and b are those of another layer: layer 2 has W2 and b2")


def affine_wrong() -> str:
    return _("it gets other numbers. Rows of x times W, plus b: in which order does @ take them?")


def scale_and_shift_swapped() -> str:
    return _("gamma and beta are exchanged")


def scale_of_another_layer() -> str:
    return _("they are those of another layer: layer 2 has gamma2 and beta2")


def scale_wrong() -> str:
    return _("they are not the ones in parameters")


def whole_list_of_settings() -> str:
    return _("it gets the whole list; each layer has a dict of its own in it")


def settings_shared() -> str:
    return _("all layers use the same bn_param, so their running averages would mix. Each needs its own")


def settings_of_another_layer() -> str:
    return _("it is the bn_param of another layer. Layers count from 1, a list counts from 0")


def settings_copied() -> str:
    return _("it is not the dict of the list. A copy or a new dict loses the running averages when the call is over")


def relu_forgotten() -> str:
    return _("ReLU is missing: the layer returns what normalize returned")


def normalized_not_used() -> str:
    return _("the result of normalize is not used")


def layer_output_wrong() -> str:
    return _("the layer should return ReLU of what normalize returned: negative numbers become 0, others stay")


def layer_cache() -> str:
    return _("return (a, cache), where cache is the second thing that normalize returns")


def layer_norm_row(name: str) -> str:
    """Name what is checked in layer normalization."""
    return {
        "rows": _("each row has mean 0 and variance 1"),
        "alone": _("a row does not depend on its company"),
        "scale": _("γ and β scale and shift each feature"),
        "gradient": _("the backward pass agrees with the measured slope"),
    }[name]


def layer_norm_shape() -> str:
    return _("out has another shape than x. Did you turn it back?")


def columns_normalized() -> str:
    return _("the columns are normalized: this is still batch normalization. What must be turned?")


def rows_not_normalized() -> str:
    return _("not with γ = 1 and β = 0")


def depends_on_company() -> str:
    return _("a row gets another answer when it is alone")


def scale_off() -> str:
    return _("γ and β come after the normalization, one number for each feature (column)")


def gradient_off() -> str:
    return _("the gradients differ. Is batchnorm_backward right, and is the cache what the docstring says?")


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


def plain() -> str:
    """Name of the network without normalization, as the notebook has it."""
    return _("plain network")


def batch_norm() -> str:
    return _("batch norm")


def layer_norm() -> str:
    return _("layer norm")


def zeros() -> str:
    return _("below each panel: the share of zeros, which a logarithmic axis cannot show")


def weights_of_layer() -> str:
    return _("weights of layer")


def gradient_size() -> str:
    return _("size of the gradient")


def correlation(value: float) -> str:
    return _("correlation {value:.2f}", value=value)


def accuracy() -> str:
    return _("accuracy")


def right_labels() -> str:
    return _("share of right labels")


def noise() -> str:
    return _("spread of a normalized value over 200 companies")


def measured() -> str:
    return _("measured")


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
