"""Part 2: five kinds of cloth, with a network of your choice."""

import torch


class NeuralNet(torch.nn.Module):
    """A classifier that trains itself, batch by batch."""

    def __init__(self, lrate, loss_fn, in_size, out_size):
        """Build the layers, and an optimizer if you use one.

        lrate: learning rate of every update (with 0, no parameter moves)
        loss_fn: mean loss of scores (N, out_size) and labels (N,), int64: torch.nn.CrossEntropyLoss()
        in_size: numbers per image, 784
        out_size: number of classes

        Any layers, with at most 500,000 parameters in all. Reshape images in forward(), not in fit().
        """
        super().__init__()
        raise NotImplementedError

    def get_parameters(self):
        """All tensors that are learned, as a list."""
        raise NotImplementedError

    def forward(self, x):
        """Scores (N, out_size) of images x (N, in_size). No activation function on the output."""
        raise NotImplementedError

    def step(self, x, y):
        """One update on one batch.

        x: (N, in_size) float32 images; y: (N,) int64 labels

        Returns the mean loss of this batch before the update, as a Python float. Gradients of earlier steps must not
        be added to this one's.
        """
        raise NotImplementedError


def fit(train_set, train_labels, dev_set, n_iter, batch_size=100):
    """Make a NeuralNet, train it with ``n_iter`` calls of its step(), and predict the development set.

    train_set: (N, 784) float32, from 0 to 255; train_labels: (N,) int64; dev_set: (M, 784) float32
    n_iter: number of batches (not of epochs)
    batch_size: images per batch; make the batches by hand, without a DataLoader

    After the last image, go on with the first: N need not be a multiple of batch_size, it may be smaller, and n_iter
    may be more than one epoch. If you standardise, use the mean and deviation of the
    training set for both sets, and mind pixels that are the same in every image.

    Returns (losses, yhats, net): a list with the loss of each of the n_iter steps, the predicted classes as a
    NumPy array (M,) of integers, and the trained network, whose
    predictions these are in evaluation mode.
    """
    raise NotImplementedError
