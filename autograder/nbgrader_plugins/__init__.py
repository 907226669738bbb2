"""What `nbgrader_config.py` names: our steps in nbgrader's own commands."""
