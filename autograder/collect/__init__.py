"""Sort a platform's download into `submitted/`.

- `collect`: the entry point; adds up what became of each student's work.
- `take`: a student's work: reads it, chooses what counts, writes it.
- `archives`: reads the notebooks of folders and zips, within limits.
- `inflate`: unpacks an entry of a zip at once.
- `names`: tells a notebook, and which copy it is, by its name.
- `recognise`: tells the layout of a whole download.
- `layouts`: tells from a path whose notebook it is; a new platform is an entry of LAYOUTS.
- `moments`: reads the times in names.
- `owners`: tells which student of the course that is, by the roster where there is one.
- `unpack`: reads the files of a student.
- `write`: writes a submission, never an older one, and keeps what it replaces.
- `content`: tells what a notebook holds of the assignment.
- `left_out`: tells what was left out, by kind.
- `words`: what people read.
"""
