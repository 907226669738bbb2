"""Mark written answers by hand in the browser: `autograder mark`, an extension of Jupyter's own server.

- `app`: the server's part: pages, and the data that they ask for and send.
- `desk`: what these show and do, for one assignment, without a server.
- `questions`: the questions that people mark; `rubric` reads the mark scheme of each from the source notebook.
- `answers`: what students wrote, rendered, and which answers are alike.
- `jupyterlab`: puts the pages into JupyterLab's menu; `labextension/` is that entry.
- `templates/`, `static/`: the pages; `words`: what people read.

What was given to whom lies in the gradebook (`gradebook.rubric_marks`).
"""
