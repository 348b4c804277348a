"""``python -m cashier`` is the command ``cashier``."""

from cashier.cli import main

if __name__ == "__main__":
    raise SystemExit(main())
