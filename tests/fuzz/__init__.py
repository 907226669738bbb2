"""Feed every reader of what comes from outside with inputs that nobody sane would send.

- `targets`: the readers, each with a way to make up inputs, and what must hold whatever they are.
- `test_targets`: a few hundred inputs of each, always the same, at every test run.
- `__main__`: `python -m tests.fuzz --minutes N`: new inputs for as long as one likes.
"""
