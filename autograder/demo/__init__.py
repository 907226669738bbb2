"""Show the whole way with a class that does not exist.

- `demo`: release, class, download, grading, feedback, report, and what goes back, in a folder of their own.
- `made_up_class`: students who are right, make mistakes, or hand in odd files.
- `functions`, `answers`, `habits`: what they write in code and in words, and what they do to their notebooks.
- `outputs`, `editors`: what the notebooks show, and how they are saved.
- `made_up_download`: the same class as Moodle would hand it out.
- `made_up_folders`: which submissions are made up, and how to remove them.
- `words`: what the demo says, and what its students answer.
"""
