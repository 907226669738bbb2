"""Run a submission and judge it.

`task` is what an engine is given, `result` what it gives back, `result_json` how that comes from another process.
`registry` names the engines: `sandbox`, our own, on Linux, and `kernel`, with Jupyter kernels, as nbgrader does. Both
read scores with `scoring`, by nbgrader's rules, and keep the traceback of an error of their own with `failures`.
`interrupts` holds Ctrl-C back while processes start; `words` is what both say.
"""
