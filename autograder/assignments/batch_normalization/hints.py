"""Hints of the known mistakes: a nudge to the idea or the line, in plain words, never the code.

They are translated where they are shown.
"""

from __future__ import annotations

_EPS_OUTSIDE = "Look at where ε stands in the equation, and in your line: does it join the variance or the deviation?"
_EPS_MISSING = "What happens when a feature never varies? Something small must keep the divisor away from zero."
_ROOT = "Is the result of unit spread? You divide by a variance where a standard deviation belongs."
_ROOT_BACKWARD = (
    "x̂ is a quotient. Its derivative divides by the deviation: do you divide by a deviation or by a variance?"
)
_EPS_NOT_READ = "eps in bn_param need not be the default. Does your code use it wherever ε stands in the equations?"
_MULTIPLIED = (
    "Features with a large spread should come out no wider than others. What does your line do with the deviation?"
)
_NOT_NORMALISED = "The last step stretches and moves the normalised values. Which values does yours stretch?"
_MODE = (
    "What does your function do with a misspelt mode? Nothing returned or printed tells the caller; "
    "the docstring names an error."
)
_SWAPPED_MOMENTUM = (
    "With momentum 0.9, the old running value should keep most of its weight. Which value keeps it in yours?"
)
_DIVIDE_BY_N = "The variance of a mini-batch is a mean of squares. By how many examples is yours divided?"
_KEEPDIMS = (
    "The numbers are right. A parameter of shape (D,) needs a gradient of shape (D,): does the sum keep an axis?"
)
_DX_HAT = "Between x̂ and y stands the scale. What does the chain rule make of it on the way back to x̂?"
_ORDER = "The gradients are right, their order is not. Compare your return line with the docstring."
_WRITES = "The function changes an array that it was given, and other code may still need it. Make a new array instead."
_N = "N is the number of examples. Which axis of dout counts them?"
_EPS_FIXED = (
    "eps comes from bn_param and need not be the default. Does your code take the eps that the forward pass used?"
)
_EPS_BACKWARD = "The backward pass divides by the same number as the forward pass. Is ε wherever you divide?"
_NO_VARIANCE_PATH = (
    "Nothing comes back through σ². Is that way in your sum for dx, and does ∂σ² start from what arrives at x̂?"
)
_NO_VARIANCE_TERM = (
    "Nothing comes back through σ². Is its term there, and is it the sum of products, or a product of sums?"
)
_MIXED = "The bracket mixes what arrives at y and what arrives at x̂. Which belongs in the sums?"
HINTS = {
    # forward: the deviation
    "bn-eps-outside-root": _EPS_OUTSIDE,
    "bn-train-eps-outside-root": _EPS_OUTSIDE,
    "bn-test-eps-outside-root": _EPS_OUTSIDE,
    "bn-eps-missing": _EPS_MISSING,
    "bn-train-eps-missing": _EPS_MISSING,
    "bn-test-eps-missing": _EPS_MISSING,
    "bn-root-missing": _ROOT,
    "bn-train-root-missing": _ROOT,
    "bn-test-root-missing": _ROOT,
    "bn-eps-squared": "ε is added to the variance as it is. Is something done to yours first?",
    "bn-eps-fixed": _EPS_NOT_READ,
    "bn-train-eps-fixed": _EPS_NOT_READ,
    "bn-test-eps-fixed": _EPS_NOT_READ,
    "bn-test-eps-subtracted": "ε keeps the divisor away from zero. Does yours make the variance larger or smaller?",
    "bn-train-multiplied": _MULTIPLIED,
    "bn-test-multiplied": _MULTIPLIED,
    "bn-eps-default": "What does the docstring say eps is when bn_param does not name it?",
    # forward: scale and shift
    "bn-gamma-beta-swapped": "One of gamma and beta stretches x̂, the other moves it. Which is which in your line?",
    "bn-train-gamma-missing": "In train mode the last step has two parts. Is x̂ stretched as well as moved?",
    "bn-train-beta-missing": "In train mode the last step has two parts. Is x̂ moved as well as stretched?",
    "bn-train-scale-and-shift-missing": "Train mode stops one step early. What comes after normalising?",
    "bn-train-not-normalised": _NOT_NORMALISED,
    "bn-test-not-normalised": _NOT_NORMALISED,
    "bn-test-gamma-missing": "Scale and shift belong to test mode too. Is x̂ stretched there?",
    "bn-test-beta-missing": "Scale and shift belong to test mode too. Is x̂ moved there?",
    "bn-test-scale-and-shift-missing": "Test mode stops one step early. What comes after normalising in train mode?",
    "bn-shift-before-scale": "The shift is stretched as well. Which of scale and shift comes first?",
    # forward: the statistics of the batch
    "bn-unbiased-variance": (
        "Batch norm takes the biased variance, a mean of squares. By how many examples is yours divided?"
    ),
    "bn-sum-for-variance": _DIVIDE_BY_N,
    "bn-deviation-for-variance": "The root is taken twice. Does your variance hold a variance or a deviation?",
    "bn-variance-of-squares": (
        "Two large, nearly equal numbers are subtracted: with features near a million few digits are left. "
        "Could the subtraction come before the square?"
    ),
    "bn-variance-not-centred": "A variance is a mean of squared distances. Distances from what?",
    "bn-train-mean-not-subtracted": "Normalising takes two moves. Is the centre of the batch moved to zero?",
    "bn-axis-not-examples": "Each feature gets its own mean over the examples. Which axis holds the examples?",
    "bn-axis-of-features": "Each feature gets its own mean over the examples. Which axis holds the examples?",
    "bn-no-axis": "Each feature gets its own mean and variance. Do yours hold a number for each feature?",
    "bn-keepdims": (
        "The numbers are right. A running statistic has the shape (D,): does your mean or variance keep an axis?"
    ),
    # forward: the running statistics
    "bn-running-not-stored": (
        "After a call in train mode the running statistics are not the new ones. "
        "Are they moved, and where does the next call find them?"
    ),
    "bn-running-mean-not-stored": "The running variance is moved and stored. Is the running mean?",
    "bn-running-var-not-stored": "The running mean is moved and stored. Is the running variance?",
    "bn-momentum-swapped": _SWAPPED_MOMENTUM,
    "bn-momentum-fixed": "momentum in bn_param need not be the default. Does your code read it?",
    "bn-momentum-default": "What does the docstring say momentum is when bn_param does not name it?",
    "bn-running-var-with-eps": "ε is there for the division only. Is it in the variance that you store?",
    "bn-running-deviation": "The name says variance. Do you store a variance?",
    "bn-running-var-unbiased": (
        "Some libraries store the unbiased variance; this lab stores the same variance that it normalises with."
    ),
    "bn-first-batch-initialises": "Where do the running statistics start when bn_param holds none? See the docstring.",
    "bn-running-var-starts-at-one": "Where does the running variance start if bn_param holds none? See the docstring.",
    "bn-running-replaced": "A running average remembers. Where is the old value in your update?",
    "bn-running-sum": "The weights of old and new should add up to 1. Do they?",
    "bn-train-uses-running": "In train mode each batch is normalised with its own mean and variance. Which do you use?",
    "bn-train-uses-moved": "In train mode each batch is normalised with its own mean and variance. Which do you use?",
    # forward: test mode
    "bn-test-uses-batch": "In test mode one image must not depend on the others. Which statistics do not?",
    "bn-test-batch-mean": "In test mode one image must not depend on the others. Does the mean that you subtract?",
    "bn-test-batch-variance": "In test mode one image must not depend on the others. Does the deviation you divide by?",
    "bn-test-mean-not-subtracted": "Test mode normalises in two moves. Is the centre moved to zero?",
    "bn-test-updates-running": "The network must not learn from the test set. What changes during your test mode?",
    "bn-test-uses-moved": "In test mode one image must not depend on the others. What enters your statistics there?",
    "bn-test-bessel": "The original paper corrects the variance here; this lab uses the running variance as stored.",
    "bn-test-empty": "In test mode out is None. Is that branch filled in?",
    "bn-mode-not-checked": _MODE,
    "bn-mode-unbound": _MODE,
    "bn-mode-printed": _MODE,
    "bn-mode-other-error": "An unknown mode is an error of a particular type. Which type does the docstring name?",
    "bn-x-overwritten": _WRITES,
    # backward, step by step
    "bnb-n-from-features": _N,
    "bnb-dmean-over-n-twice": "The mean's share of dx is divided by N once. Where in your code, and where again?",
    "bnb-dvar-without-upstream": _NO_VARIANCE_PATH,
    "bnb-dvar-from-dout": "∂σ² comes before the scale in the graph. Does yours start from what arrives at y or at x̂?",
    "bnb-dmean-from-dout": "∂μ comes before the scale in the graph. Does yours start from what arrives at y or at x̂?",
    "bnb-eps-fixed": _EPS_FIXED,
    "bnb-eps-fixed-in-deviation": _EPS_FIXED,
    "bnb-eps-fixed-in-power": _EPS_FIXED,
    "bnb-eps-fixed-beside-x-hat": _EPS_FIXED,
    "bnb-eps-missing-in-deviation": _EPS_BACKWARD,
    "bnb-eps-missing-in-power": _EPS_BACKWARD,
    "bnb-eps-missing-beside-x-hat": _EPS_BACKWARD,
    "bnb-root-missing": _ROOT_BACKWARD,
    "bnb-root-missing-in-direct-path": _ROOT_BACKWARD,
    "bnb-root-missing-in-dmean": "∂μ divides by the deviation. Do you divide by a deviation or by a variance?",
    "bnb-keepdims": _KEEPDIMS,
    "bnb-gamma-missing": _DX_HAT,
    "bnb-gamma-as-divisor": _DX_HAT,
    "bnb-dvar-not-summed": "∂σ²: all examples of a feature share one variance. How do their parts come together?",
    "bnb-dmean-not-summed": "∂μ: all examples of a feature share one mean. How do their parts come together?",
    "bnb-dvar-with-x-hat": (
        "The way through σ² divides by the deviation once too often. Where should x − μ stand, before it is divided?"
    ),
    "bnb-direct-from-dout": (
        "The direct way starts at x̂, behind the scale. Does yours start from what arrives at y or at x̂?"
    ),
    "bnb-direct-path-missing": "In the graph x also reaches x̂ directly. Is that way in your sum for dx?",
    "bnb-n-minus-one": "The forward pass takes the mean over all examples. By how many do you divide on the way back?",
    "bnb-dbeta-with-dx-hat": "∂β starts from what arrives at y. Is the scale in your sum already?",
    "bnb-half-missing": "∂σ²: differentiate (σ²+ε) to the power −1/2. Which number comes to the front?",
    "bnb-dvar-sign": "∂σ²: if the variance grows, does x̂ grow or shrink? Check the sign.",
    "bnb-dvar-power-half": "∂σ²: differentiating lowers the power by one. From −1/2 to what?",
    "bnb-dvar-power-one": "∂σ²: differentiating lowers the power by one. From −1/2 to what?",
    "bnb-dvar-power-of-deviation": "∂σ²: to what is the power taken, the variance or the deviation?",
    "bnb-dvar-not-centred": "∂σ²: the numerator of x̂ is not x itself. What is it?",
    "bnb-factor-two-missing": "From σ² to x: differentiate a square. What comes to the front?",
    "bnb-variance-path-missing": _NO_VARIANCE_PATH,
    "bnb-variance-path-not-centred": "From σ² to x: differentiate (x − μ)². What is left in the bracket?",
    "bnb-variance-path-not-averaged": "From σ² to x: the variance is a mean. Which factor does a mean bring?",
    "bnb-mean-path-missing": "In the graph x reaches x̂ on three ways. Does yours go back through μ?",
    "bnb-mean-path-not-averaged": "From μ to x: one example moves the mean by only a part. Which part?",
    "bnb-dmean-sign": "If the mean grows, does x̂ grow or shrink? Check the sign of ∂μ.",
    "bnb-direct-path-only": "In the graph x reaches x̂ directly, through μ, and through σ². How many ways do you add?",
    "bnb-eps-missing": _EPS_BACKWARD,
    "bnb-dgamma-with-x": "y = γ·(something) + β. What is it that γ multiplies?",
    "bnb-dgamma-with-dx-hat": "∂γ starts from what arrives at y. Is the scale in your sum already?",
    "bnb-dgamma-dbeta-swapped": _ORDER,
    "bnb-order": _ORDER,
    "bnb-means-for-sums": "Every example adds its part to ∂γ and ∂β. Is something divided that should only be added?",
    "bnb-not-summed": "γ and β serve all the examples. How do their parts come together into shape (D,)?",
    "bnb-sum-over-features": "γ and β have one number a feature. Over which axis do you add to get that?",
    "bnb-dx-empty": "dgamma and dbeta are there; dx is None. Is its line filled in?",
    "bnb-dout-overwritten": _WRITES,
    "bnb-cache-overwritten": "The first call is right, the second is not. Which line writes into the cache?",
    # backward, simplified
    "bna-diagonal-only": "Each x moves the mean and so all of x̂. Do the other examples take part in your dx?",
    "bna-upstream-missing": "Change dout: does your dx change with it? It has to start from there.",
    "bna-power-missing": "Two deviations are missing in the last term. Is it x̂ that stands there, or only x − μ?",
    "bna-sum-over-features": "Each feature is normalised over the examples. Over which axis are your two sums in dx?",
    "bna-sum-of-all": "Each feature has sums of its own. Do yours add up the features as well?",
    "bna-n-missing-inside": "Compare the first term of the bracket with the other two: two are sums. What balances it?",
    "bna-n-missing-outside": "The bracket holds N times ∂x̂. What brings it back to the size of one?",
    "bna-n-from-features": _N,
    "bna-gamma-missing": _DX_HAT,
    "bna-gamma-twice": "The scale is in ∂x̂ already. Where do you multiply by it again?",
    "bna-x-hat-before-sum-missing": "The last term differs from example to example. What before the sum makes it so?",
    "bna-x-hat-in-sum-missing": "One of the two sums weights the gradient that arrives. With what?",
    "bna-product-of-sums": _NO_VARIANCE_TERM,
    "bna-x-hat-inside-sum": "In the last term one x̂ belongs to the example itself. Does it stand inside your sum?",
    "bna-plus-mean": "The ways through μ and σ² pull back what the direct way gives. Check the sign of the first sum.",
    "bna-plus-variance": "The ways through μ and σ² pull back what the direct way gives. Check the last sign.",
    "bna-mean-term-missing": "Three ways lead from x to x̂, so three terms. Which is missing: the one through μ?",
    "bna-variance-term-missing": _NO_VARIANCE_TERM,
    "bna-deviation-missing": "Stretch x by two: x̂ stays, so dx must halve. Does yours?",
    "bna-root-missing": _ROOT_BACKWARD,
    "bna-eps-missing": _EPS_BACKWARD,
    "bna-eps-missing-in-x-hat": _EPS_BACKWARD,
    "bna-eps-fixed-in-x-hat": _EPS_FIXED,
    "bna-eps-outside-in-x-hat": _EPS_OUTSIDE,
    "bna-root-missing-in-x-hat": _ROOT_BACKWARD,
    "bna-eps-outside-root": _EPS_OUTSIDE,
    "bna-eps-fixed": _EPS_FIXED,
    "bna-dout-in-sums": _MIXED,
    "bna-dout-in-mean-term": _MIXED,
    "bna-dout-in-variance-term": _MIXED,
    "bna-x-for-x-hat": "The last sum is weighted with the normalised values. Is yours?",
    "bna-x-for-x-hat-before-sum": "The last term holds the normalised values before its sum. Does yours?",
    "bna-means-for-sums": (
        "Inside the bracket stand sums; the division comes once, in front. Are yours divided already?"
    ),
    "bna-n-minus-one": "The forward pass takes the mean over all examples. By how many do you divide on the way back?",
    "bna-gradients-over-features": "γ and β have one number a feature. Over which axis do you add to get that?",
    "bna-gradients-averaged": (
        "Every example adds its part to ∂γ and ∂β. Is something divided that should only be added?"
    ),
    "bna-dbeta-with-dx-hat": "∂β starts from what arrives at y. Is the scale in your sum already?",
    "bna-dgamma-with-dx-hat": "∂γ starts from what arrives at y. Is the scale in your sum already?",
    "bna-not-summed": "γ and β serve all the examples. How do their parts come together into shape (D,)?",
    "bna-dgamma-with-x": "y = γ·(something) + β. What is it that γ multiplies?",
    "bna-dgamma-dbeta-swapped": _ORDER,
    "bna-keepdims": _KEEPDIMS,
    "bna-dout-overwritten": _WRITES,
}

IDEAS = {
    "ε joins the variance, under the root": ("*-eps-outside-*", "bn-eps-squared", "bn-test-eps-subtracted"),
    "ε is there wherever a spread divides": ("*-eps-missing*",),
    "ε and momentum are read from what is given": (
        *("*-eps-fixed*", "bn-eps-default", "bn-momentum-fixed", "bn-momentum-default"),
    ),
    "Divide by the deviation, the root of the variance": (
        *("*-root-missing*", "bn-*-multiplied", "bn-deviation-for-variance", "bna-deviation-missing"),
    ),
    "Scale and shift come last, in both modes": (
        *("bn-*-gamma-missing", "bn-*-beta-missing", "bn-*-scale-and-shift-missing", "bn-shift-before-scale"),
        *("bn-gamma-beta-swapped", "bn-*-not-normalised"),
    ),
    "Variance: the mean of squared distances from the mean": (
        *("bn-unbiased-variance", "bn-sum-for-variance", "bn-variance-*", "bn-*mean-not-subtracted"),
        *("bnb-n-minus-one", "bna-n-minus-one"),
    ),
    "A mean and a variance for each feature, over the examples": (
        *("bn-axis-*", "bn-no-axis", "bn?-sum-over-features", "bna-sum-of-all", "bn?-n-from-features"),
        "bna-gradients-over-features",
    ),
    "Sums keep no axis: shape (D,)": ("*-keepdims", "bn?-not-summed"),
    "The running statistics: what is stored, and with which weight": (
        *("bn-running-*", "bn-momentum-swapped", "bn-first-batch-initialises"),
    ),
    "Train mode takes the batch, test mode what was stored": (
        *("bn-train-uses-*", "bn-test-uses-*", "bn-test-batch-*", "bn-test-updates-running", "bn-test-bessel"),
        "bn-test-empty",
    ),
    "An unknown mode is an error": ("bn-mode-*",),
    "What was given is not written into": ("*-overwritten",),
    "Between x̂ and y stands the scale": (
        *("bn?-gamma-missing", "bnb-gamma-as-divisor", "bna-gamma-twice", "bnb-dvar-from-dout", "bnb-dmean-from-dout"),
        *("bnb-direct-from-dout", "bn?-dbeta-with-*", "bn?-dgamma-with-*", "bna-dout-in-*"),
    ),
    "Three ways lead from x to x̂, and each is added": (
        *("bnb-variance-path-missing", "bnb-mean-path-missing", "bnb-direct-path-*", "bnb-dvar-without-upstream"),
        *("bna-mean-term-missing", "bna-variance-term-missing", "bna-diagonal-only", "bna-upstream-missing"),
        *("bna-product-of-sums", "bnb-dx-empty"),
    ),
    "Sums over the batch, each divided by N once": (
        *("bnb-dmean-over-n-twice", "bnb-*-not-averaged", "bnb-dvar-not-summed", "bnb-dmean-not-summed"),
        *("bn?-means-for-sums", "bna-gradients-averaged", "bna-n-missing-*"),
    ),
    "The derivative of a power": (
        *("bnb-half-missing", "bnb-dvar-power-*", "bnb-factor-two-missing", "bna-power-missing"),
    ),
    "Signs on the way back": ("bnb-dvar-sign", "bnb-dmean-sign", "bna-plus-*"),
    "x − μ, x̂ or x: what stands in the sum": (
        *("bnb-dvar-not-centred", "bnb-dvar-with-x-hat", "bnb-variance-path-not-centred", "bna-x-for-*", "bna-x-hat-*"),
    ),
    "The order of what is returned": ("*-dgamma-dbeta-swapped", "bnb-order"),
}  # fmt: skip
"""Idea → the mistakes that miss it, as patterns of ids, in whatever function; the class report adds them up."""
