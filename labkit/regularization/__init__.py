"""What the regularization lab uses.

planar.py reads the data, network.py is the small network, training.py trains it by a recipe, gradient_check.py checks
a recipe's gradient, plots.py draws, words.py holds the sentences.
"""
