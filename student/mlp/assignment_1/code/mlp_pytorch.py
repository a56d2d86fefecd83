"""The multi-layer perceptron of ``mlp_numpy.py`` once more, as a ``torch.nn.Module``."""

from torch import nn


class MLP(nn.Module):
    """Linear and leaky ReLU for each entry of ``n_hidden``, then a last linear layer.

    Name and keep the layers as you like, but so that ``parameters()`` finds them all. This class is the plain network:
    for the variations that you try in search of accuracy, write another one.
    """

    def __init__(self, n_inputs, n_hidden, n_classes, neg_slope):
        """``n_hidden`` is a list with the number of units of each hidden layer; an empty one makes logistic regression.

        The list belongs to the caller: leave it as it is. ``neg_slope`` goes to every leaky ReLU.
        """
        super().__init__()
        raise NotImplementedError("MLP.__init__ is yours to write")

    def forward(self, x):
        """``x`` (N, n_inputs); returns logits (N, n_classes): no softmax, which torch's cross-entropy loss contains."""
        raise NotImplementedError("MLP.forward is yours to write")
