"""Run a submission and judge it."""
