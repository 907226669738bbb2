"""What runs on the untrusted side: the warm parent, its forks, and the layers that confine them.

Nothing here imports `autograder`: this folder is loaded as a package of its own, `sandbox`, by a Python that was
started for it. No answer, secret or submission was ever in that process. Both sides use `frames`, the format of what
crosses.
"""
