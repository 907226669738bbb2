"""Show the whole way with a class that does not exist.

- `made_up_class`: students who are right, make known mistakes, or hand in odd files.
- `demo`: release, class, grading, feedback, table and report in a folder of their own.
- `words`: what the demo says, and what its students answer.
"""
