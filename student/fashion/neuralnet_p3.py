"""Part 3: an autoencoder (extra credit)."""

import torch


class NeuralNet(torch.nn.Module):
    """An autoencoder that trains itself, batch by batch."""

    def __init__(self, lrate, loss_fn, in_size, out_size):
        """Build the layers, and an optimizer if you use one.

        lrate: learning rate of every update (with 0, no parameter moves)
        loss_fn: mean squared error: torch.nn.MSELoss()
        in_size: numbers per image, 784
        out_size: numbers per image, 784

        self.encoder and self.decoder are torch.nn.Modules with two-dimensional convolutions. The encoder takes
        (N, 1, 28, 28) and makes the image smaller; the decoder gives (N, 1, 28, 28) with values within (0, 1).
        """
        super().__init__()
        raise NotImplementedError

    def get_parameters(self):
        """All tensors that are learned, as a list."""
        raise NotImplementedError

    def forward(self, x):
        """Reconstructions (N, in_size), within (0, 1), of images x (N, in_size)."""
        raise NotImplementedError

    def step(self, x):
        """One update on one batch.

        x: (N, in_size) float32 images within (0, 1), which are the target, too

        Returns the mean loss of this batch before the update, as a Python float. Gradients of earlier steps must not
        be added to this one's.
        """
        raise NotImplementedError


def fit(train_set, dev_set, n_iter, batch_size=100):
    """Make a NeuralNet, train it with ``n_iter`` calls of its step(), and predict the development set.

    train_set: (N, 784) float32 within (0, 1); dev_set: (M, 784) float32
    n_iter: number of batches (not of epochs)
    batch_size: images per batch; make the batches by hand, without a DataLoader

    After the last image, go on with the first: N need not be a multiple of batch_size, it may be smaller, and n_iter
    may be more than one epoch.

    Returns (losses, xhats, net): a list with the loss of each of the n_iter steps, the reconstructions as a
    NumPy array (M, 784), and the trained network, whose
    predictions these are in evaluation mode.
    """
    raise NotImplementedError
