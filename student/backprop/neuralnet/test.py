"""Run a trained model on the test set, once: python test.py [--checkpoint-file checkpoint.npz]"""

import argparse

import numpy as np

from data import load_cifar10
from two_layer_net import TwoLayerNet
from utils import accuracy

parser = argparse.ArgumentParser(description="Accuracy of a trained two-layer net on the CIFAR-10 test set.")
parser.add_argument("--checkpoint-file", default="checkpoint.npz", help="what train.py has written")
parser.add_argument("--num-train", type=int, default=20000, help="as for train.py: the pixels are scaled alike")


def hidden_units(filename):
    """The size of the hidden layer, from the shapes of the two weights."""
    with np.load(filename) as stored:
        sizes = [size for name in stored.files if stored[name].ndim == 2 for size in stored[name].shape]
    return next(size for size in sizes if sizes.count(size) == 2)


def main(args):
    data = load_cifar10(num_train=args.num_train)
    model = TwoLayerNet(hidden_dim=hidden_units(args.checkpoint_file))
    model.load(args.checkpoint_file)
    print(f"test accuracy: {accuracy(model, data['X_test'], data['y_test']):.2f} %")


if __name__ == "__main__":
    main(parser.parse_args())
