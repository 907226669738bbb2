"""Read hostile markup and pictures in a process that holds nothing: no secret, no file, no network.

- `process`: the side of whoever asks: starts the process when it is first needed, bounds each call, starts it again.
- `serving`: the side inside.
- `memory`, `threads`: the limit on memory of the processes that ask, and how many threads they compute with.

What is called inside stands in `autograder.notebook.cleaning.parsing`; how the process is confined in
`autograder/engines/sandbox/inside/computing.py`, with the parts of the sandbox.
"""
