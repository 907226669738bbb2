"""The names of all exports, for the command line, which imports nothing heavy for them."""

EXPORTS = ("csv", "json", "moodle", "canvas", "blackboard", "brightspace", "sakai", "table", "gradescope")
"""All that `--to` takes; a test holds them against what there is."""
