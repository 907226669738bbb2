"""What the batch-normalization lab uses: data, networks, optimizers, training, plots."""
