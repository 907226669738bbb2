"""Known wrong functions of the regularization lab."""
