"""``python -m knowrepo`` is the command line."""

from knowrepo.cli import main

if __name__ == "__main__":
    main()
