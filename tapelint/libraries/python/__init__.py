"""Python's own functions, containers and modules."""
