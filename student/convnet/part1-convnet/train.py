"""Overfits a small network on a few CIFAR-10 images, to see that it learns: ``python train.py``.

Provided, nothing to do here. Prints one line per epoch and draws the curves to ``train.png``. The final accuracy should
be slightly under 0.9. With modules made of plain loops an epoch takes long; ``--images`` makes it shorter for a try.
"""

import argparse
import pickle
import sys
from pathlib import Path

import numpy as np

from modules.conv_classifier import ConvNet
from optimizer.sgd import SGD
from trainer import Trainer

HERE = Path(__file__).resolve().parent
FOLDER = "cifar-10-batches-py"
NETWORK = [
    {"type": "Conv2D", "in_channels": 3, "out_channels": 32, "kernel_size": 5, "stride": 1, "padding": 2},
    {"type": "ReLU"},
    {"type": "MaxPooling", "kernel_size": 2, "stride": 2},
    {"type": "Linear", "in_dim": 8192, "out_dim": 10},
]


def parse(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, default=HERE / "data", help=f"the folder that holds {FOLDER}")
    parser.add_argument("--images", type=int, default=50, help="how many images to train on (default: 50)")
    parser.add_argument("--epochs", type=int, default=10)
    parser.add_argument("--batch-size", type=int, default=10)
    parser.add_argument("--learning-rate", type=float, default=1e-4)
    parser.add_argument("--reg", type=float, default=1e-3)
    parser.add_argument("--momentum", type=float, default=0.9)
    parser.add_argument("--seed", type=int, default=0, help="of the order of the batches")
    parser.add_argument("--plot", type=Path, default=Path("train.png"), help="where the curves go")
    return parser.parse_args(arguments)


def load_images(data, count):
    """The first ``count`` training images, (count, 3, 32, 32) with their mean image subtracted, and their labels."""
    file = data / FOLDER / "data_batch_1"
    if not file.is_file():
        sys.exit(f"CIFAR-10 is not there: {file} does not exist. data/README.md says where to get it.")
    with file.open("rb") as stream:
        batch = pickle.load(stream, encoding="bytes")
    images = batch[b"data"][:count].reshape(-1, 3, 32, 32).astype(np.float64)
    return images - images.mean(axis=0), np.array(batch[b"labels"][:count])


def plot(trainer, file):
    """Loss and accuracy over the epochs."""
    try:
        import matplotlib
    except ImportError:
        sys.exit(f"matplotlib is not installed, so {file} was not drawn: pip install matplotlib")
    matplotlib.use("Agg")
    from matplotlib import pyplot

    figure, (left, right) = pyplot.subplots(1, 2, figsize=(9, 3.5), layout="constrained")
    epochs = range(1, len(trainer.losses) + 1)
    for axes, values, name in ((left, trainer.losses, "training loss"), (right, trainer.accuracies, "training accuracy")):
        axes.plot(epochs, values, marker="o")
        axes.set_xlabel("epoch")
        axes.set_ylabel(name)
    right.set_ylim(0, 1.05)
    figure.savefig(file)


def main():
    options = parse()
    images, labels = load_images(options.data, options.images)
    model = ConvNet(NETWORK, {"type": "SoftmaxCrossEntropy"})
    optimizer = SGD(model, learning_rate=options.learning_rate, reg=options.reg, momentum=options.momentum)
    trainer = Trainer(model, optimizer, options.batch_size, options.seed)
    trainer.run(
        images,
        labels,
        options.epochs,
        lambda epoch, loss, accuracy: print(f"epoch {epoch + 1}: loss {loss:.4f}, accuracy {accuracy:.4f}", flush=True),
    )
    plot(trainer, options.plot)


if __name__ == "__main__":
    main()
