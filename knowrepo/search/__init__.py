"""Search: the index that the site ships, and the one behind the command line, which finds the same."""
