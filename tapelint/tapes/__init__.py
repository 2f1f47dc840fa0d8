"""Tapes: what they record and watch, and what a gradient call asks of them."""
