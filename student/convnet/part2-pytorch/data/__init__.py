"""CIFAR-10, all of it or imbalanced. Provided, nothing to do here."""

from .imbalance import class_sizes, load, take_imbalanced

__all__ = ["class_sizes", "load", "take_imbalanced"]
