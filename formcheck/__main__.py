"""Let `python -m formcheck` run the command line."""

from __future__ import annotations

from formcheck.cli import main

if __name__ == "__main__":
    main()
