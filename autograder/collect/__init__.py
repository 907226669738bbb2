"""Sort a platform's download into `submitted/`.

- `collect`: the entry point; chooses a notebook for each student and writes it.
- `archives`: reads the notebooks of folders and zips, within limits.
- `names`: tells a notebook, and which copy it is, by its name.
- `layouts`: tells from a path whose notebook it is; a new platform is an entry of LAYOUTS.
- `content`: tells what a notebook holds of the assignment.
- `left_out`: tells what was left out, by kind.
- `words`: what people read.
"""
