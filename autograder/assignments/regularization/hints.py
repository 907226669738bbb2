"""Hints of the known mistakes: a nudge to the idea or the line, in plain words, never the code.

They are translated where they are shown.
"""

from __future__ import annotations

_M_LOST = (
    "The penalty is too large by the number of examples. "
    "Does your formula divide by m, and is m counted along the axis on which the examples stand?"
)
_LAYER_MISSING = "A layer's weights seem to be missing from the penalty. How many layers have weights?"
_MATRIX_PRODUCT = "The weight matrices are multiplied as matrices. Here each single weight is squared."
_ONE_LAYER_LESS = "The penalty's part is right in some layers and missing in others. Which layer has none yet?"
_DB_M = "db is too large by the number of examples. The cost is a mean; is its gradient?"
_ALL_M = "dW and db are too large by the number of examples. The cost is a mean; is its gradient?"
_EXTRA_M = (
    "The data's part is divided by the number of examples twice. It is divided where dW and db are made, not before."
)
_SIGNATURE = "The checks call the function with the arguments of the given first line. Leave that line as it was."
_WRONG_SUM = "db is a sum over the examples: one number for each unit. Look at the axis."
_KEEPDIMS = "The numbers of db are right, but not its shape. A bias is a column, and so is its gradient."
_RELU = "The derivative of ReLU seems to be missing: where a unit gave zero, nothing flows back."
_DZ3 = "dZ3 has the wrong sign: it is the prediction minus the label."
_A3_CHANGED = (
    "The numbers are right, but A3 in the cache has changed after the call: a second name does not make a second array."
)
_DATA_M = (
    "The part that comes from the data is too large by the number of examples. The cost is a mean; is its gradient?"
)
_ONE_MASK_ENTRY = (
    "The mask has too few entries. It needs a draw for each unit and each example, so it is as large as A."
)
_NO_SCALE = (
    "What is kept should be made larger, so that the next layer gets as much as before on average. "
    "Look for the step after the mask."
)
_ONE_GREATER = "One of the two masks keeps what it should drop. Compare the comparisons of the two layers."
_ONE_SCALED = "One hidden layer is scaled after its mask, the other is not."
_SHARE = (
    "The share of kept units does not follow keep_prob as it should. Look at what the drawn numbers are compared with."
)
_MASK_SKIPPED = (
    "A dropped unit still gets a gradient. It had no part in the prediction, so nothing may flow back through it, "
    "even though the forward pass has masked already."
)
_NEW_MASK = (
    "The backward pass needs the masks of the forward pass. They are in the cache; new masks belong to another network."
)

HINTS = {
    # The L2 cost.
    "l2-cost-first-layer-only": (
        "Only the weights of the first layer seem to be in the penalty. It runs over all layers."
    ),
    "l2-cost-last-layer-missing": _LAYER_MISSING,
    "l2-cost-mean-of-squares": (
        "The penalty looks like a mean over the weights. "
        "The formula adds all squares up, and what it divides by is the number of examples."
    ),
    "l2-cost-half-missing": (
        "The penalty comes out twice as large as it should. Look at the factor in front of the sum."
    ),
    "l2-cost-keepdims": "The number is right, but it is returned as an array. The cost is a plain number.",
    "l2-cost-generator-sum": (
        "numpy's sum got a comprehension without brackets, which it does not add up. Give it a list or an array."
    ),
    "l2-cost-norm-not-squared": (
        "The norms of the weights seem to be added without being squared. The penalty adds squared norms."
    ),
    "l2-cost-biases-included": (
        "The biases seem to be in the penalty as well. Which parameters does the formula sum over?"
    ),
    "l2-cost-m-lost": _M_LOST,
    "l2-cost-m-wrong-axis": _M_LOST,
    "l2-cost-m-multiplied": (
        "The penalty grows with the number of examples. Which part of the line is below the fraction bar?"
    ),
    "l2-cost-brackets-missing": ("The factor in front multiplies the first layer only. What needs brackets?"),
    "l2-cost-m-counts-weights": (
        "The penalty is divided by the number of rows of something other than the data. What does m count?"
    ),
    "l2-cost-penalty-only": (
        "Only the penalty is returned. The cost has two parts: the cross-entropy and the penalty."
    ),
    "l2-cost-no-penalty": "This is the cross-entropy alone: λ changes nothing. Where does the penalty come in?",
    "l2-cost-lambda-missing": "The penalty does not depend on λ, though λ says how much it counts.",
    "l2-cost-subtracted": "Large weights make this cost smaller. Which sign does a penalty have?",
    "l2-cost-weights-not-squared": "The weights are added without being squared, so that plus and minus cancel.",
    "l2-cost-square-of-sum": (
        "The weights seem to be added first and squared after. Which comes first in the formula?"
    ),
    "l2-cost-absolute-values": "This is an L1 penalty, of absolute values. L2 adds squares.",
    "l2-cost-weights-changed": (
        "The number is right, but the weights have changed after the call: they are squared in place. Make a new array."
    ),
    "l2-cost-matrix-product": _MATRIX_PRODUCT,
    "l2-cost-cross-entropy-summed": "The cross-entropy is a sum over the examples here. The cost takes their mean.",
    "l2-cost-cross-entropy-sign": (
        "The cross-entropy has the wrong sign: the logarithm of a number below one is negative."
    ),
    "l2-cost-quarter": "The penalty comes out half as large as it should. Look at the factor in front of the sum.",
    "l2-cost-two-above": (
        "The penalty comes out four times as large as it should. On which side of the fraction bar is the 2?"
    ),
    "l2-cost-all-over-m": "The cross-entropy is a mean already. Is it divided by the number of examples once more?",
    "l2-cost-m-twice": "The penalty is too small by the number of examples. How often do you divide by m?",
    "l2-cost-middle-layer-missing": _LAYER_MISSING,
    "l2-cost-first-layer-missing": _LAYER_MISSING,
    "l2-cost-last-layer-only": "Only the weights of the last layer seem to be in the penalty. It runs over all layers.",
    "l2-cost-biases-instead": "The penalty is of the biases here. Which parameters does the formula sum over?",
    "l2-cost-largest-singular-value": (
        "This norm of a matrix is not the root of the sum of its squared entries. Which norm does the formula name?"
    ),
    "l2-cost-product-with-itself": _MATRIX_PRODUCT,
    "l2-cost-matmul-with-itself": _MATRIX_PRODUCT,
    "l2-cost-not-summed": (
        "The squares of each layer are still a matrix. A penalty is a single number: which step is missing?"
    ),
    "l2-cost-first-layer-not-summed": (
        "The squares are still a matrix, and of the first layer only. A penalty is a single number, over all layers."
    ),
    "l2-cost-half-and-m": "Two things are missing in front of the sum of squares: look at what λ is divided by.",
    # The L2 backward pass.
    "l2-backward-weight-count": (
        "The penalty's part of dW is divided by the number of weights. "
        "A gradient check against a cost with the same mistake does not show it; look at the formula of the cost."
    ),
    "l2-backward-data-m-lost": _DATA_M,
    "l2-backward-scalar": (
        "The penalty's part of dW is the same number for all weights. "
        "Each weight is pulled towards zero by its own size."
    ),
    "l2-backward-signature-more": _SIGNATURE,
    "l2-backward-signature-fewer": _SIGNATURE,
    "l2-backward-extra-m": _EXTRA_M,
    "l2-backward-data-m-twice": (
        "The data's part of dW is divided by the number of examples twice. Once for each part is enough."
    ),
    "l2-backward-half-left": (
        "The penalty's part of dW is half of what it should be. What becomes of the ½ when a square is differentiated?"
    ),
    "l2-backward-doubled": (
        "The penalty's part of dW is twice what it should be. The 2 of the derivative meets a factor in the cost."
    ),
    "l2-backward-biases": (
        "db has a penalty too. The biases are not in the penalty, so their gradients are as without regularization."
    ),
    "l2-backward-only-dw3": "dW3 is right; the other layers have a penalty as well.",
    "l2-backward-first-layer-missing": "dW3 and dW2 are right. Which layer has no penalty yet?",
    "l2-backward-second-layer-missing": _ONE_LAYER_LESS,
    "l2-backward-last-layer-missing": _ONE_LAYER_LESS,
    "l2-backward-only-dw1": "dW1 is right; the other layers have a penalty as well.",
    "l2-backward-penalty-wrong-axis": (
        "The penalty's part of dW is divided by the number of rows of X. What does m count?"
    ),
    "l2-backward-penalty-itself": (
        "The penalty itself is added to dW, the same number for all weights. What does dW need of it?"
    ),
    "l2-backward-penalty-m-twice": (
        "The penalty's part of dW is divided by the number of examples twice. Once is enough."
    ),
    "l2-backward-db-m-lost": _DB_M,
    "l2-backward-m-lost-everywhere": _ALL_M,
    "l2-backward-m-lost": (
        "The penalty's part of dW is too large by the number of examples. Look at what λ is divided by."
    ),
    "l2-backward-all-m-lost": "Both parts of dW are too large by the number of examples. Where do you divide by m?",
    "l2-backward-subtracted": (
        "The penalty's part of dW has the wrong sign: a step downhill should make the weights smaller."
    ),
    "l2-backward-weights-squared": "The penalty's part of dW looks like the square itself. What is its derivative?",
    "l2-backward-no-penalty": (
        "These are the gradients without regularization: λ changes nothing. What does it add to dW?"
    ),
    "l2-backward-lambda-missing": "The penalty's part of dW does not depend on λ.",
    "l2-backward-sign-only": (
        "This is the gradient of absolute values (L1). The derivative of a square depends on the size."
    ),
    "l2-backward-wrong-axis": "m seems to be taken from the axis of the features. The examples are columns.",
    "l2-backward-weights-changed": (
        "The weights in the cache are changed on the way, and what is computed after uses the changed ones. "
        "Work on a new array."
    ),
    "l2-backward-relu": _RELU,
    "l2-backward-dz3-sign": _DZ3,
    "l2-backward-answers-changed": _A3_CHANGED,
    "l2-backward-db-flat": _KEEPDIMS,
    "l2-backward-db-axis": _WRONG_SUM,
    "l2-backward-penalty-in-da": (
        "dA holds a part of the penalty. The penalty depends on the weights only, not on the activations."
    ),
    # The dropout forward pass.
    "dropout-forward-normal-draws": (
        "The numbers for the mask seem not to be spread evenly from 0 to 1: a bell curve, say, or too few of them. "
        "To keep with probability keep_prob, draw from 0 to 1, all numbers equally likely."
    ),
    "dropout-forward-normal-and-greater": (
        "Two things: draw the mask's numbers from 0 to 1, all equally likely; and look at the comparison, "
        "for keep_prob is the probability of keeping."
    ),
    "dropout-forward-first-greater-than": _ONE_GREATER,
    "dropout-forward-second-greater-than": _ONE_GREATER,
    "dropout-forward-greater-than": (
        "The masks keep what they should drop. keep_prob is the probability of keeping; look at the comparison."
    ),
    "dropout-forward-entry-an-example": _ONE_MASK_ENTRY,
    "dropout-forward-entry-a-unit": _ONE_MASK_ENTRY,
    "dropout-forward-repeated-over-units": (
        "All units of a layer are kept or dropped together. Draw a number for each unit and each example."
    ),
    "dropout-forward-repeated-over-examples": (
        "A unit is kept for all examples, or dropped for all. Draw a number for each unit and each example."
    ),
    "dropout-forward-cast-to-int": (
        "The activations are cut down to whole numbers. Only the mask may be made of integers."
    ),
    "dropout-forward-no-scaling": _NO_SCALE,
    "dropout-forward-first-layer-scaled": _ONE_SCALED,
    "dropout-forward-second-layer-scaled": _ONE_SCALED,
    "dropout-forward-mask-not-applied": (
        "The masks are drawn, and the activations are scaled, but no unit is shut down. Which step uses the mask?"
    ),
    "dropout-forward-only-cached": (
        "The masks are drawn, but the activations are as without them. Which step uses the mask?"
    ),
    "dropout-forward-mask-turned": "Units that the mask keeps are shut down, and those that it drops are kept.",
    "dropout-forward-scaled-twice": "The activations are scaled twice. Scale once in each layer.",
    "dropout-forward-scaled-by-two": "The activations are scaled by a fixed number. What should the factor depend on?",
    "dropout-forward-multiplied": (
        "What is kept becomes smaller. It should make up for what was dropped: "
        "in which direction does keep_prob change it?"
    ),
    "dropout-forward-scaled-by-drop": "The activations are scaled by the probability of dropping. Which should it be?",
    "dropout-forward-output-mask": "The output layer is masked as well. Dropout acts on the hidden layers only.",
    "dropout-forward-input-mask": "The inputs are masked as well. Dropout acts on the hidden layers only.",
    "dropout-forward-mask-not-cached": (
        "The cache does not hold the masks where the backward pass looks for them. "
        "Its order stands in the docstring of the function."
    ),
    "dropout-forward-plain": "Nothing is dropped here: this is the forward pass without dropout.",
    "dropout-forward-same-mask": (
        "A mask is drawn for each layer, as large as its activations, and multiplied with them entry by entry (*). "
        "Which of these is not so in your lines?"
    ),
    "dropout-forward-seeded-twice": (
        "The second mask repeats the first: the random numbers start from the same place before each mask, "
        "or one mask is used for both. Seed once at most, before the first draw, and draw for each layer."
    ),
    "dropout-forward-fixed-half": _SHARE,
    "dropout-forward-rounded-draws": _SHARE,
    "dropout-forward-second-mask-missing": "Only the first hidden layer is dropped. There are two.",
    "dropout-forward-scaled-mask": (
        "The mask in the cache is already scaled. "
        "It says only which units are kept, 0 or 1; the scaling is a step of its own."
    ),
    "dropout-forward-cached-before-mask": (
        "The cache holds the activations from before the mask. The backward pass needs those that the next layer got."
    ),
    "dropout-forward-z-overwritten": "Z in the cache is masked. The mask acts on the activations, after ReLU.",
    "dropout-forward-no-cache": "Only A3 is returned. The backward pass needs the cache as well.",
    "dropout-forward-no-default": (
        "keep_prob has no default, so the function cannot be called without it. "
        "Keep its first line, the signature, as it was given."
    ),
    "dropout-forward-greater-and-no-scaling": (
        "Two things: the masks keep what they should drop, and what is kept is not scaled up."
    ),
    "dropout-forward-normal-and-no-scaling": (
        "Two things: draw the mask's numbers from 0 to 1, all equally likely; and scale up what is kept."
    ),
    # The dropout backward pass.
    "dropout-backward-mask-skipped": _MASK_SKIPPED,
    "dropout-backward-mask-skipped-z": _MASK_SKIPPED,
    "dropout-backward-scale-skipped": (
        "The gradients of the hidden layers are too small. "
        "What the forward pass scales, the backward pass scales by the same factor."
    ),
    "dropout-backward-plain": (
        "These are the gradients without dropout. Two things happen to A in the forward pass; both happen to "
        "dA in the backward pass."
    ),
    "dropout-backward-m-lost": _DATA_M,
    "dropout-backward-first-mask-skipped": (
        "The second hidden layer is right. In the first a dropped unit still gets a gradient; nothing "
        "may flow back there."
    ),
    "dropout-backward-first-scale-skipped": (
        "The second hidden layer is right. What the forward pass scales in the first, the backward pass scales too."
    ),
    "dropout-backward-first-multiplied": (
        "The second hidden layer is right. In the first the gradients are scaled down; in which direction should it be?"
    ),
    "dropout-backward-second-mask-skipped": (
        "In the second hidden layer a dropped unit still gets a gradient; nothing may flow back there."
    ),
    "dropout-backward-second-scale-skipped": (
        "What the forward pass scales in the second hidden layer, the backward pass scales too. "
        "What is wrong there is passed on to the first."
    ),
    "dropout-backward-second-multiplied": (
        "In the second hidden layer the gradients are scaled down; in which direction should it be? "
        "What is wrong there is passed on to the first."
    ),
    "dropout-backward-mask-turned": (
        "Gradients reach the dropped units, and none the kept ones. Which does the mask mark?"
    ),
    "dropout-backward-db-m-lost": _DB_M,
    "dropout-backward-m-lost-everywhere": _ALL_M,
    "dropout-backward-extra-m": _EXTRA_M,
    "dropout-backward-multiplied": (
        "The gradients are scaled down by keep_prob. The forward pass scales the activations up; the "
        "backward pass does the same to their gradients."
    ),
    "dropout-backward-scaled-twice": "The gradients are scaled twice. Scale once in each layer.",
    "dropout-backward-scaled-by-drop": "The gradients are scaled by the probability of dropping. Which should it be?",
    "dropout-backward-new-mask": _NEW_MASK,
    "dropout-backward-new-seeded-mask": _NEW_MASK,
    "dropout-backward-masks-swapped": "A layer uses the mask of the other. Which mask belongs to which layer?",
    "dropout-backward-second-layer-only": (
        "The second hidden layer is right. The first hidden layer went through a mask as well."
    ),
    "dropout-backward-first-layer-only": (
        "The second hidden layer went through a mask as well. What is wrong there is passed on to the first."
    ),
    "dropout-backward-on-dz": (
        "dZ is right, dA is not: the forward pass masks after ReLU, so the backward pass masks before ReLU."
    ),
    "dropout-backward-left-empty": "dA is still None somewhere. Each layer has two steps to fill in.",
    "dropout-backward-relu": _RELU,
    "dropout-backward-dz3-sign": _DZ3,
    "dropout-backward-db-flat": _KEEPDIMS,
    "dropout-backward-answers-changed": _A3_CHANGED,
    "dropout-backward-wrong-axis": "m seems to be taken from the axis of the features. The examples are columns.",
}

IDEAS = {
    "The penalty runs over the weights of all layers": (
        *("l2-cost-*-layer-only", "l2-cost-*-layer-missing", "l2-cost-brackets-missing"),
        *("l2-backward-only-dw?", "l2-backward-*-layer-missing"),
    ),
    "Biases have no penalty": ("l2-cost-biases-*", "l2-backward-biases"),
    "Divide by the number of examples, once": (
        *("l2-cost-m-*", "l2-cost-mean-of-squares", "l2-cost-all-over-m", "l2-cost-cross-entropy-summed"),
        *("l2-backward-weight-count", "l2-backward-*m-lost*", "l2-backward-*m-twice", "l2-backward-extra-m"),
        *("l2-backward-*wrong-axis", "dropout-backward-*m-lost*", "dropout-backward-extra-m"),
        "dropout-backward-wrong-axis",
    ),
    "The ½ of the penalty, and what the derivative makes of it": (
        *("l2-cost-half-missing", "l2-cost-quarter", "l2-cost-two-above", "l2-cost-half-and-m"),
        *("l2-backward-half-left", "l2-backward-doubled"),
    ),
    "The penalty adds up the square of each single weight": (
        *("l2-cost-norm-*", "l2-cost-weights-not-squared", "l2-cost-square-of-sum", "l2-cost-absolute-values"),
        *("l2-cost-matrix-product", "l2-cost-largest-singular-value", "l2-cost-product-with-itself"),
        *("l2-cost-matmul-with-itself", "l2-cost-*not-summed", "l2-cost-generator-sum"),
    ),
    "Each weight is pulled towards zero by its own size": (
        *("l2-backward-scalar", "l2-backward-penalty-itself", "l2-backward-weights-squared", "l2-backward-sign-only"),
        "l2-backward-subtracted",
    ),
    "Cost and gradient have both parts, data and penalty": (
        *("l2-cost-penalty-only", "l2-cost-no-penalty", "l2-cost-lambda-missing", "l2-cost-subtracted"),
        *("l2-backward-no-penalty", "l2-backward-lambda-missing"),
    ),
    "What was given is not written into": (
        *("l2-cost-weights-changed", "l2-backward-weights-changed", "*-answers-changed"),
        "dropout-forward-z-overwritten",
    ),
    "Backpropagation as it was before regularization": (
        *("*-backward-relu", "*-backward-dz3-sign", "*-backward-db-flat", "l2-backward-db-axis"),
    ),
    "The given first line of a function stays": ("l2-backward-signature-*", "dropout-forward-no-default"),
    "A mask has a draw of its own for each unit and each example": (
        *("dropout-forward-normal-draws", "dropout-forward-entry-*", "dropout-forward-repeated-*"),
        *("dropout-forward-same-mask", "dropout-forward-seeded-twice"),
    ),
    "keep_prob is the probability of keeping": (
        *("dropout-forward-greater-than", "dropout-forward-first-greater-than", "dropout-forward-second-greater-than"),
        *("dropout-forward-fixed-half", "dropout-forward-rounded-draws", "dropout-forward-mask-turned"),
    ),
    "What is kept is scaled up, in both passes alike": (
        *("dropout-forward-no-scaling", "dropout-forward-*-layer-scaled", "dropout-forward-scaled-twice"),
        *("dropout-forward-scaled-by-*", "dropout-forward-multiplied"),
        *("dropout-backward-*scale-skipped", "dropout-backward-*multiplied", "dropout-backward-scaled-*"),
    ),
    "Masks act on the hidden layers, on each of them": (
        *("dropout-forward-mask-not-applied", "dropout-forward-only-cached", "dropout-forward-output-mask"),
        *("dropout-forward-input-mask", "dropout-forward-plain", "dropout-forward-second-mask-missing"),
    ),
    "The cache holds what the backward pass needs": (
        *("dropout-forward-mask-not-cached", "dropout-forward-scaled-mask", "dropout-forward-cached-before-mask"),
        "dropout-forward-no-cache",
    ),
    "What was dropped gets no gradient, by the same mask": (
        *("dropout-backward-*mask-skipped*", "dropout-backward-plain", "dropout-backward-mask-turned"),
        *("dropout-backward-new-*mask", "dropout-backward-masks-swapped", "dropout-backward-*-layer-only"),
        "dropout-backward-on-dz",
    ),
}  # fmt: skip
"""Idea → the mistakes that miss it, as patterns of ids, in whatever function; the class report adds them up."""
