"""Make what students get, from the source notebook.

- `release`: the entry point; writes `notebooks/ASSIGNMENT/` and the class zip.
- `class_zip`: gathers and packs the notebook, labkit and the data.
- `student_page`: makes the README of the class zip from docs/student.md, as text and as HTML.
- `leaks`: the strings that must not leave the instructor, and the search for lines of answers.
- `words`: what people read.
"""
