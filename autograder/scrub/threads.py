"""One thread a process for linear algebra: processes share the cores, and a fork finds no lock held by another."""

ONE_THREAD = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
"""What the environment says before numpy is imported."""
