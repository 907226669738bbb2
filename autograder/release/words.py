"""Sentences of this package that people read."""

from autograder.language import _


def would_leak(name: str, text: str) -> str:
    return _(
        "{name} cannot be released: it contains {text!r}, which must stay with the instructor.", name=name, text=text
    )


def class_readme(assignment: str) -> str:
    """Give the page that comes with the notebook."""
    return _(
        """How to work on {assignment}

1. Unpack the whole archive. Keep the folders together: the notebook needs labkit/ beside it.
2. You need Python 3.11 or newer with numpy, matplotlib and Jupyter:
       python -m pip install numpy matplotlib notebook
3. Open {assignment}.ipynb in Jupyter or in VS Code, and run it from the top.
4. Fill in the parts between START CODE HERE and END CODE HERE. The self-check below each part says
   how far you are. It judges on public cases; grading uses others.
5. Run the experiments, write your conclusions and your questions.
6. Save, restart the kernel, run all cells once more, and hand in {assignment}.ipynb. Nothing else is needed.
""",
        assignment=assignment,
    )
