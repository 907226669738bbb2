"""An untrusted file → a notebook that we run.

- restore: make the trusted notebook; its rules
- matching: find the student's cell for each cell of the source
- answers: find written answers that stand outside their cells
- additions: find what was added to a cell that is the instructor's
- skipping: decide which experiments run
- words: the sentences that people read
"""
