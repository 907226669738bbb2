"""What the regularization lab uses: data, networks, gradient check, training, plots."""
