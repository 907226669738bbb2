"""Write tables of scores for other programs.

- `table`: gradebook.db → rows, and the command that writes them.
- `formats`: rows → the text of a file, one entry a format.
"""
