"""Sort a platform's download into `submitted/`.

- `collect`: the entry point; chooses a notebook for each student and writes it.
- `archives`: reads the notebooks of folders and zips, within limits.
- `layouts`: tells from a path whose notebook it is; a new platform is an entry of LAYOUTS.
- `words`: what people read.
"""
