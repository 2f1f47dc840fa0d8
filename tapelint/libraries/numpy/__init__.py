"""NumPy's arrays and what they have."""
