"""`python -m ponte` is the command `ponte`."""

from ponte.cli import main

if __name__ == "__main__":
    main()
