"""What calls, operators and Python's own operations refuse, measured: which exception comes, or may come."""
