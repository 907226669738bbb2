"""Write a student's notebook as the lab report that a course files: one page that prints on A4, and a PDF of it.

- `lab_report`: the entry point, for a class.
- `parts`: which cell is printed in which part; the source notebook says it by tags.
- `title_block`: who wrote the report, from the notebook's table and the roster.
- `printing`: the browser that makes the PDF.
"""
