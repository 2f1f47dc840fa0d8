"""Keras: layers, models, losses, optimizers and their variables."""
