"""What the instructor types: `commands` holds one function a command, `progress` shows long work."""
