"""What `nbgrader_config.py` names, so that nbgrader's own commands and formgrader do as `autograder` does.

`stub_solutions` for the release; `restore_submission`, `execute_submission` and `settle_scores`, in this order, for
grading; `feedback_exporter` for the pages that students get. `words` is what they print.
"""
