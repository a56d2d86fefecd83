"""Optimisers: how parameters follow their gradients. Nothing to do here."""


class SGD:
    """Gradient descent: every step moves each parameter against its gradient, in place."""

    def __init__(self, parameters, learning_rate):
        self.parameters = parameters
        self.learning_rate = learning_rate

    def step(self, gradients):
        """``gradients`` has the keys of the parameters."""
        for name, array in self.parameters.items():
            array -= self.learning_rate * gradients[name]
