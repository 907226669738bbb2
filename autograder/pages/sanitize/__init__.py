"""Make what a student wrote safe for a page."""
