"""The shapes and the dtypes of tensors, and the shapes that do not fit."""
