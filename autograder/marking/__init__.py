"""Mark written answers by hand in the browser: `autograder mark`, an extension of Jupyter's own server.

- `rubric`: reads the mark scheme of a question from the source notebook.
- `words`: what people read.

What was given to whom lies in the gradebook (`gradebook.rubric_marks`).
"""
