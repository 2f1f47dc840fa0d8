"""`python -m tapelint`."""

from tapelint.cli import main

if __name__ == "__main__":
    main()
