"""nbgrader's gradebook, written and read.

- `tables`: nbgrader's tables as far as they are used, and our own.
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

nbgrader's own objects take a query for each cell of each student. Here SQLAlchemy's Core, with a handful of statements
for a batch of students, does the same on SQLite and PostgreSQL; `autograder.course.database` opens both.
"""
