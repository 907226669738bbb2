"""The engine that runs notebooks in Jupyter kernels, as nbgrader does.

`engine` runs submissions and reads their scores; `in_kernel` is what a hidden test calls in the kernel.
"""
