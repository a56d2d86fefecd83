"""Train a two-layer net on CIFAR-10: python train.py [--hidden-dim 16] [--learning-rate 1e-4] ...

``training_step`` is yours to write; the rest is done. The defaults train badly on purpose: find better ones.
"""

import argparse

import numpy as np

from data import batches, load_cifar10
from layers import l2_regularization, softmax_loss
from optim import SGD
from two_layer_net import TwoLayerNet
from utils import accuracy, plot_curves

parser = argparse.ArgumentParser(description="Train a two-layer net on CIFAR-10.")
parser.add_argument("--num-train", type=int, default=20000, help="how many training images are used")
parser.add_argument("--hidden-dim", type=int, default=16, help="units of the hidden layer")
parser.add_argument("--weight-scale", type=float, default=1e-3, help="standard deviation of the weights at the start")
parser.add_argument("--batch-size", type=int, default=128, help="images per step")
parser.add_argument("--num-epochs", type=int, default=10, help="how often every image is used")
parser.add_argument("--learning-rate", type=float, default=1e-4, help="length of a step in units of the gradient")
parser.add_argument("--reg", type=float, default=1.0, help="strength of the L2 regularisation")
parser.add_argument("--print-every", type=int, default=25, help="steps between two printed losses")
parser.add_argument("--plot-file", default="plot.pdf", help="where the learning curves go")
parser.add_argument("--checkpoint-file", default="checkpoint.npz", help="where the trained parameters go")
parser.add_argument("--seed", type=int, default=0, help="seed of the order of images and of NumPy's generator")


def training_step(model, X_batch, y_batch, reg):
    """The loss of a model on one batch, and its gradients.

    The loss is the softmax loss of the model's scores plus the L2 regularisation, of strength ``reg``, of every weight
    matrix. Biases are not regularised.

    ``model`` is any Classifier: a LinearClassifier or a TwoLayerNet, whose parameters may have any names. A weight
    matrix has two axes, a bias has one. ``X_batch`` (N, D), ``y_batch`` (N,) of integers.

    Returns ``loss, grads``: a number, and a dict with the keys of ``model.parameters()`` that holds the gradient of the
    whole loss, regularisation included, for each parameter. Do not change the parameters here, nor the dict that
    ``model.parameters()`` returns.
    """
    raise NotImplementedError("training_step is yours to write")


def main(args):
    np.random.seed(args.seed)
    generator = np.random.default_rng(args.seed)
    data = load_cifar10(num_train=args.num_train)
    model = TwoLayerNet(hidden_dim=args.hidden_dim, weight_scale=args.weight_scale)
    optimizer = SGD(model.parameters(), args.learning_rate)
    losses, epochs, train_accuracies, val_accuracies = [], [], [], []
    for epoch in range(1, args.num_epochs + 1):
        for X_batch, y_batch in batches(data["X_train"], data["y_train"], args.batch_size, generator):
            loss, grads = training_step(model, X_batch, y_batch, args.reg)
            optimizer.step(grads)
            losses.append(float(loss))
            if len(losses) % args.print_every == 0:
                print(f"epoch {epoch}, step {len(losses)}: loss {losses[-1]:.4f}")
        epochs.append(epoch)
        # A sample of the training data as large as the validation data is enough for a curve.
        count = len(data["X_val"])
        train_accuracies.append(accuracy(model, data["X_train"][:count], data["y_train"][:count]))
        val_accuracies.append(accuracy(model, data["X_val"], data["y_val"]))
        print(f"epoch {epoch}: training {train_accuracies[-1]:.2f} %, validation {val_accuracies[-1]:.2f} %")
    model.save(args.checkpoint_file)
    print(f"wrote {args.checkpoint_file}")
    plot_curves(losses, epochs, train_accuracies, val_accuracies, args.plot_file)


if __name__ == "__main__":
    main(parser.parse_args())
