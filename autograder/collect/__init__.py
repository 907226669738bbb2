"""An LMS download → `submitted/`."""
