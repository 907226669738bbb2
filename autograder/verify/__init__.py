"""Prove assignments and their grading right."""
