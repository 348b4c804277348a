"""The commands, a file for each group; thin: they ask the till, and print what it says."""
