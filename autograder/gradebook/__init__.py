"""nbgrader's gradebook.db, written and read with sqlite3.

- `tables`: opens the database; the tables that get rows for each submission.
- `register`: sees that an assignment's cells are in it.
- `record`: writes the scores of submissions, in batches.
- `read_marks`: reads all marks of a class.
- `late`: due dates, extensions, late days, and what being late costs.
- `history`: what each run changed, and why.
- `rubric_tables`, `rubric_marks`: what people give by rubric, in tables of our own and in nbgrader's manual scores.
- `secret`: knows the course secret again.
- `behaviours`: keeps what wrong functions computed, and the instructor's hints for it, in `.autograder/`.
- `students`: the people of the course.
- `rename`: gives a student's rows to another id.
- `remove`: takes submissions out again.
- `words`: what people read.

The tables are nbgrader's, and it writes them through SQLAlchemy. Here a handful of statements is all there is, and
sqlite3 is imported in milliseconds: a report, a feedback run, or grading what has not changed waits for nothing.
Marking by hand writes row by row, and goes through SQLAlchemy.
"""
