"""How a function is called, and how what it returned is compared; the grader uses these too."""
