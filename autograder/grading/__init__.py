"""Lead a class from `submitted/` to the gradebook.

- `grade_class`: the entry point; judges each submission that has changed, records it, goes on.
- `submissions`: reads a submission, and what it is judged against, into a task.
- `autograded`: keeps the autograded notebooks, and tells whether they still hold.
- `result`: how grading went for a student.
- `check_notebook`: judges one notebook anywhere, without touching the course.
- `words`: what people read.
"""
