"""Name the exporter for course folders whose nbgrader_config.py was written before it moved to `nbgrader_plugins`."""

from autograder.nbgrader_plugins.feedback_exporter import FeedbackExporter as FeedbackExporter
