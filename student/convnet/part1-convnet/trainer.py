"""Training a model batch by batch: provided, nothing to do here."""

import numpy as np


class Trainer:
    """Runs epochs over one set of images; ``losses`` and ``accuracies`` get one entry per epoch."""

    def __init__(self, model, optimizer, batch_size=10, seed=0):
        self.model = model
        self.optimizer = optimizer
        self.batch_size = batch_size
        self.losses = []
        self.accuracies = []
        # A generator of its own: making a module seeds NumPy's global one.
        self.random = np.random.default_rng(seed)

    def run(self, images, labels, epochs, report=None):
        """Trains for ``epochs`` epochs on ``images`` (N, C, H, W) and ``labels`` (N,).

        ``report(epoch, loss, accuracy)`` is called after each epoch: the mean loss and the share of right predictions over
        its batches, each taken before the batch's update.
        """
        for epoch in range(epochs):
            loss, accuracy = self._epoch(images, labels)
            self.losses.append(loss)
            self.accuracies.append(accuracy)
            if report is not None:
                report(epoch, loss, accuracy)

    def _epoch(self, images, labels):
        order = self.random.permutation(len(labels))
        total = right = 0.0
        for start in range(0, len(order), self.batch_size):
            batch = order[start:start + self.batch_size]
            probs, loss = self.model.forward(images[batch], labels[batch])
            self.model.backward()
            self.optimizer.update(self.model)
            total += float(loss) * len(batch)
            right += float(np.sum(probs.argmax(axis=1) == labels[batch]))
        return total / len(order), right / len(order)
