"""Two versions of a file, as readers will see what is different: blocks with a state and their place in the source, words, tables, pictures."""
