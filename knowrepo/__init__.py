"""knowrepo: a Git repository of notebooks becomes a static knowledge repository."""

__version__ = "0.1.0"
