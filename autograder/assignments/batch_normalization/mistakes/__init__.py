"""Known wrong functions of the batch-normalization lab."""
