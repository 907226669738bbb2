"""What the regularization lab uses.

planar.py reads the data, network.py is the small network, training.py trains it by a recipe, derivation.py checks the
formulas that students derive, gradient_check.py a recipe's gradient, crowd.py draws thinned networks, plots.py draws
pictures, words.py holds the sentences.
"""
