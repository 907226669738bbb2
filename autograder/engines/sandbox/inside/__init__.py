"""What runs on the untrusted side: the zygote, its forks, and the layers that confine them.

`zygote` starts, has `warming` make a warm shell, moves into the sandbox, and leaves the rest to `serving`, which
forks a worker for each submission. `worker` confines itself and serves the grader: cells in `shell`, calls by labkit;
`remainder` runs what a failed cell still defines, here and in Jupyter kernels.
The layers: `namespaces`, `landlock`, `seccomp`; `system` makes the calls of the kernel that Python lacks. `frames` is
the format of what crosses; both sides use it.

Nothing here imports `autograder`: this folder is loaded as a package of its own, `inside`, by a Python that was
started for it. No answer, secret or submission was ever in that process.
"""
