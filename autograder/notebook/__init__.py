"""What a notebook is; knows no course.

- format: the types of a notebook, its cells and outputs
- read: an untrusted file → plain cells; parse: its JSON
- outputs: clean what a notebook showed; make outputs
- write: a notebook → bytes
- roles: what nbgrader's metadata makes of a cell
- regions: solution and hidden-test regions, and the stubs that replace solutions
- cell_names: which names a cell binds, writes into and reads
- source: read the instructor's notebook
- autotests: tests that nbgrader wrote into the gradebook
- notes: what the student and the instructor should know about a submission
- words: the sentences that people read
"""
