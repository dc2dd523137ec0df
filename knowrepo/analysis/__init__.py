"""What the search understands: the words of a text, and what a query asks for. Each part exists twice, here and in ``themes/scripts/search``."""
