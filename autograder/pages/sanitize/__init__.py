"""Make what a student's notebook rendered safe to look at.

Nothing of a student's reaches a page except through this package or Jinja's escaping. Markup and pictures are cleaned
by `autograder.notebook.cleaning`; an SVG stands in an `<img>`, where browsers run no script and load nothing. A
`Content-Security-Policy` in the page is the second layer.

- `text`: printed text, tracebacks and code.
- `outputs`: everything of one notebook, within the budget of one page.
"""
