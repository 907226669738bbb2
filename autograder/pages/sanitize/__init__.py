"""Make what a student's notebook rendered safe to look at.

Nothing of a student's reaches a page except through this package or Jinja's escaping. HTML passes an allowlist (nh3);
an SVG passes one too and then stands in an `<img>`, where browsers run no script and load nothing; of PNG and JPEG
only what has a header of the claimed type and a sensible size is taken. Scripts, widgets and all other types are left
out. A `Content-Security-Policy` in the page is the second layer.

- `text`: printed text, tracebacks and code.
- `pictures`: PNG, JPEG and SVG.
- `markup`: HTML and Markdown.
- `outputs`: everything of one notebook, within the budget of one page.
"""
