"""The engine that runs notebooks in Jupyter kernels, as nbgrader does."""
