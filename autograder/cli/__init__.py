"""What the instructor types.

- `commands`: one function a command.
- `progress`: a bar or plain lines while long work runs.
- `words`: what the commands say.
"""
