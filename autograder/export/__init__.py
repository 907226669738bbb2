"""Tables of scores for other programs."""
