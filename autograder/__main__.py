"""`python -m autograder`: the command line."""

from autograder.cli.commands import main

if __name__ == "__main__":
    main()
