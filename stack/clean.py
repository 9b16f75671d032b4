"""Stops the stack of a folder and removes it: what `make clean` runs, on no more than the stack."""

from __future__ import annotations

import sys
from pathlib import Path

from stack.errors import StackError
from stack.local import LocalStack


def main(root: str) -> int:
    """Return 0 once nothing of the stack runs and its folder is gone, 1 if that failed."""
    try:
        LocalStack(Path(root)).down(erase=True)
    except StackError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
