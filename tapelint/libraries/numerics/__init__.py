"""The numbers that calls give: bounds, known arrays, where a derivative is not finite, what cannot change."""
