"""The modules of a convolutional network: import each from its own file, as in ``from modules.relu import ReLU``."""
