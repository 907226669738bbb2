"""An untrusted file → a notebook that may be run."""
