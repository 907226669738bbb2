"""The self-check: a student's function on public cases with recorded results."""
