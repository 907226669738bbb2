"""The course folder, its settings, its secret.

- `course`: where everything of a course lies.
- `ids`: what can be a student's id.
- `roster`: the people of the course, and what platforms call them.
- `downloads`: what a platform called each student's files.
- `versions`: submissions that were replaced.
- `nbgrader_app`: the course's configuration, and nbgrader's release step; importing it takes seconds.
- `settings`: reads where the gradebook lies; refuses settings of nbgrader that are not followed.
- `database`: opens the gradebook, in SQLite or on a PostgreSQL server.
- `timestamp`: when a submission was handed in.
- `toolkit`: where the students' package is installed.
- `files`: writing a file in one step.
- `words`: what people read.
"""
