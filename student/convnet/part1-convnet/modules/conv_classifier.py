"""ConvNet: modules in a row with a loss at the end."""

from modules.convolution import Conv2D
from modules.linear import Linear
from modules.max_pool import MaxPooling
from modules.relu import ReLU
from modules.softmax_ce import SoftmaxCrossEntropy

TYPES = {
    "Conv2D": Conv2D,
    "MaxPooling": MaxPooling,
    "ReLU": ReLU,
    "Linear": Linear,
    "SoftmaxCrossEntropy": SoftmaxCrossEntropy,
}


class ConvNet:
    """A network built from a list of definitions, in order.

    A definition is a dict with the key ``type`` and the constructor's arguments, for example
    ``{"type": "Linear", "in_dim": 8192, "out_dim": 10}``; ``criterion`` is one as well,
    ``{"type": "SoftmaxCrossEntropy"}``. The list and its dicts belong to the caller and stay as they are.

    ``modules`` is the list of module objects in the order of ``forward``, ``criterion`` the loss. The optimizer and the
    grader rely on these two.
    """

    def __init__(self, modules, criterion):
        self.modules = [self._make(definition) for definition in modules]
        self.criterion = self._make(criterion)

    @staticmethod
    def _make(definition):
        arguments = {name: value for name, value in definition.items() if name != "type"}
        return TYPES[definition["type"]](**arguments)

    def forward(self, x, y):
        """Runs all modules and then the criterion.

        ``x`` (N, ...) is the batch, ``y`` (N,) the class labels. Returns ``(probs, loss)``: the class probabilities (N, C)
        and the mean loss, a number.
        """
        raise NotImplementedError("ConvNet.forward is yours to write")

    def backward(self):
        """Runs the criterion's backward and then that of every module, last one first.

        Returns nothing: afterwards every module holds the gradients of the latest ``forward`` in ``dx``, ``dw`` and ``db``.
        """
        raise NotImplementedError("ConvNet.backward is yours to write")
