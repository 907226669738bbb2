"""What the batch-normalization lab uses.

digits.py reads the data, deep_network.py is the network, optimizers.py moves its parameters, training.py trains it,
readiness.py checks the student's functions before an experiment, plots.py draws, words.py holds the sentences.
"""
