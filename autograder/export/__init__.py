"""Write scores for other programs.

- `export`: the entry point; writes a file whole or not at all.
- `table`: gradebook.db → rows.
- `formats`: rows → the text of a file of our own, one entry a format.
- `fill`: a platform's own file → the same with grades in it.
- `platforms`: where grades go in such a file, one entry a platform.
- `sheet`: changes cells of a text table and nothing else.
- `gradescope`: results for Gradescope's autograder.
- `names`: what `--to` takes.
- `words`: what people read.
"""
