"""SGD: gradient descent with momentum."""

from optimizer._base_optimizer import _BaseOptimizer


class SGD(_BaseOptimizer):
    """Momentum as a velocity that each parameter keeps from update to update."""

    def __init__(self, model, learning_rate=1e-4, reg=1e-3, momentum=0.9):
        super().__init__(model, learning_rate, reg)
        self.momentum = momentum

    def update(self, model):
        """One step for the ``weight`` and ``bias`` of every module of ``model.modules`` that has them.

        First ``self.apply_regularization(model)`` adds the regulariser to the weights' gradients. Then, for every weight
        (with its gradient g = dw) and every bias (g = db)::

            velocity = momentum * velocity - learning_rate * g        (the velocity is 0 before the first update)
            parameter = parameter + velocity

        Every weight and every bias has a velocity of its own. The learning rate is ``self.learning_rate`` at the time of the
        call: when it changes between two updates, the velocity that is there stays as it is. The caller may reuse the arrays
        ``dw`` and ``db`` afterwards, so keep no reference to them. Modules without parameters (ReLU, MaxPooling) may come
        anywhere.
        """
        raise NotImplementedError("SGD.update is yours to write")
