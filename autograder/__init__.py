"""The instructor's tool: release, collect, grade, feedback, report, export, verify."""
