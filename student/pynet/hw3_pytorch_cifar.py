"""A small convolutional network for CIFAR-10, in PyTorch.

Fill in the four functions that raise ``NotImplementedError``, then run the file: it trains for ten epochs, loads the best
weights that ``train`` has saved, and tests them. Loaders and settings are done; change the settings freely.

How the grader uses this file
    - It imports it, and training must not be needed for that: what runs by itself stays below ``__main__``. (Files that
      train when they are imported are graded, too: their loaders then give a few images only.)
    - It takes your model from ``make_model()``, or else from a global name ``model``; the optimizer from
      ``make_optimizer(model)``, or else from a global name ``optimizer``.
    - It lays loaders of its own under the global names ``loader_train``, ``loader_val`` and ``loader_test``, sets
      ``device`` to the CPU, ``best_acc`` to 0 and ``print_every`` to a number, and calls ``train(model, optimizer, 1)``
      and ``test(loader, model)``, also with other models and optimizers than yours. So read those names inside the
      functions, and use the arguments.
    - Once it runs the file as you do, on a few images, to see that what is saved is loaded and tested.

Batches are ``(x, y)``: ``x`` (N, 3, 32, 32) float32, normalised; ``y`` (N,) int64, classes 0..9. N differs from batch to
batch: the last one is smaller. What you print is your own business.
"""

import torch
import torchvision
import torchvision.transforms as transforms
from torch.utils.data import DataLoader, SubsetRandomSampler

DATA = "./data"
CHECKPOINT = "best_model.pth"
MEAN = (0.4914, 0.4822, 0.4465)
STD = (0.2023, 0.1994, 0.2010)
NUM_TRAIN = 49000
NUM_TRAIN_AND_VAL = 50000
BATCH_SIZE = 64
EPOCHS = 10

device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
print_every = 100
best_acc = 0.0
loader_train = loader_val = loader_test = None


def make_loaders():
    """The loaders of the training, validation and test images. Done."""
    transform = transforms.Compose([transforms.ToTensor(), transforms.Normalize(MEAN, STD)])
    images = torchvision.datasets.CIFAR10(DATA, train=True, download=True, transform=transform)
    test_images = torchvision.datasets.CIFAR10(DATA, train=False, download=True, transform=transform)
    training, validation = range(NUM_TRAIN), range(NUM_TRAIN, NUM_TRAIN_AND_VAL)
    return (
        DataLoader(images, batch_size=BATCH_SIZE, sampler=SubsetRandomSampler(training)),
        DataLoader(images, batch_size=BATCH_SIZE, sampler=SubsetRandomSampler(validation)),
        DataLoader(test_images, batch_size=BATCH_SIZE),
    )


def make_model():
    """A new network, ``torch.nn.Module``: images (N, 3, 32, 32) in, scores (N, 10) out.

    Three or four convolutions are enough. Two calls make two networks of the same form.
    """
    raise NotImplementedError("make_model is yours to write")


def make_optimizer(model):
    """An optimizer from ``torch.optim`` over all parameters of ``model`` that can be trained."""
    raise NotImplementedError("make_optimizer is yours to write")


def train(model, optimizer, epochs=1):
    """Train ``model`` on ``loader_train`` with ``optimizer`` for so many epochs.

    One update for each batch, in training mode, with gradients of that batch alone. After each epoch the accuracy on
    ``loader_val`` is compared with the global ``best_acc``; if it is higher, it becomes ``best_acc``, and the weights are
    saved with ``torch.save`` (``test`` may do this instead). In the end the file holds the weights of the best epoch.
    """
    raise NotImplementedError("train is yours to write")


def test(loader, model):
    """Return the accuracy of ``model`` on all images of ``loader``: a share from 0 to 1 (per cent is understood).

    In evaluation mode. Count the images as they come: a loader may go through a part of its data set.
    """
    raise NotImplementedError("test is yours to write")


def main():
    """Train, load the best weights, test them. Done; change it to fit what you save."""
    global loader_train, loader_val, loader_test
    loader_train, loader_val, loader_test = make_loaders()
    model = make_model().to(device)
    train(model, make_optimizer(model), EPOCHS)
    model.load_state_dict(torch.load(CHECKPOINT, map_location=device))
    print("test accuracy:", test(loader_test, model))


if __name__ == "__main__":
    main()
