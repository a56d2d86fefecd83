"""A multi-layer perceptron made of the modules in ``modules.py``."""

from modules import LeakyReLUModule, LinearModule, SoftMaxModule


class MLP:
    """Linear and leaky ReLU for each entry of ``n_hidden``, then a last linear module and a softmax.

    Keep the modules wherever you like: in a list, in a dictionary or in attributes.
    """

    def __init__(self, n_inputs, n_hidden, n_classes, neg_slope):
        """``n_hidden`` is a list with the number of units of each hidden layer; an empty one makes logistic regression.

        The list belongs to the caller: leave it as it is. ``neg_slope`` goes to every leaky ReLU.
        """
        raise NotImplementedError("MLP.__init__ is yours to write")

    def forward(self, x):
        """``x`` (N, n_inputs); returns probabilities (N, n_classes)."""
        raise NotImplementedError("MLP.forward is yours to write")

    def backward(self, dout):
        """``dout`` (N, n_classes): the gradient of the loss with respect to the probabilities.

        Returns nothing, but fills ``grads`` of every linear module. Calling forward and backward again starts anew.
        """
        raise NotImplementedError("MLP.backward is yours to write")
