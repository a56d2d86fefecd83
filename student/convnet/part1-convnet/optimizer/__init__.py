"""Optimizers: ``from optimizer.sgd import SGD``."""
