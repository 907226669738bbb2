"""Prove assignments and their grading right, for `autograder verify`.

`proofs` makes the table; `solution` runs the source notebook's solution; `mutants` tries what `mutation` makes of it;
`words` is what is printed.
"""
