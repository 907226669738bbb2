"""Make what a student's notebook showed safe to keep and to look at; the one place where hostile markup is read.

`clean.clean(kind, value)` is the entry: JSON in, JSON out, no state between calls, so that it can run anywhere. What it
returns runs nothing, loads nothing, and is bounded in time and size by its input. What cannot be kept is replaced by a
line that says which kind of thing it was.

- `clean`: the entry, and the outputs and attachments of a cell.
- `printed`: printed text as a terminal would leave it.
- `pictures`: PNG, JPEG, GIF, WebP and BMP by their bytes, SVG element by element.
- `markup`: HTML and Markdown.
- `base64_text`: base64 in its one form, looked through once.
- `widgets`: what an interactive element last showed.
"""
