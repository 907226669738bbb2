"""The course folder: `course` (places, settings, secret), `nbgrader_app` (nbgrader's own program on it)."""
