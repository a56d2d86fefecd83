"""Trains the PyTorch MLP on CIFAR-10 and tests it; the flags are those of ``train_mlp_numpy.py``::

    python train_mlp_pytorch.py --dnn_hidden_units 100 --learning_rate 2e-3 --max_steps 1500

The grader runs this file on other pictures, first with small values of all flags, to see what each of them changes, and
then for 400 steps, to see what the network has learned. It keeps the classes of the test pictures to itself: the test
accuracy that the script prints there says nothing. matplotlib may be used for the curves; where the grader runs it is
replaced by one that draws nothing.
"""

import argparse
import os

DNN_HIDDEN_UNITS_DEFAULT = "100"
LEARNING_RATE_DEFAULT = 2e-3
MAX_STEPS_DEFAULT = 1500
BATCH_SIZE_DEFAULT = 200
EVAL_FREQ_DEFAULT = 100
NEG_SLOPE_DEFAULT = 0.02
DATA_DIR_DEFAULT = "./cifar10/cifar-10-batches-py"

FLAGS = None


def accuracy(predictions, targets):
    """The share of rows (0 to 1) whose largest prediction is at the target: logits and one-hot targets, (N, C)."""
    raise NotImplementedError("accuracy is yours to write")


def train():
    """Trains an MLP as ``FLAGS`` say, tests it every ``FLAGS.eval_freq`` steps, and saves curves of accuracy and loss.

    - The flags mean what they mean in ``train_mlp_numpy.py``; the data come from ``cifar10_utils``, and ``MLP`` from
      ``mlp_pytorch``, or from here if you vary it.
    - The optimizer is your choice, and so is how pictures are scaled. Its updates go with ``FLAGS.learning_rate``;
      ``FLAGS.max_steps`` of them are made, each with the gradients of its own ``FLAGS.batch_size`` training pictures.
    - The whole test set is used to test, after the last step as well. Meanwhile the model is in evaluation mode, which
      dropout and BatchNorm need, and no gradients are kept.
    """
    raise NotImplementedError("train is yours to write")


def print_flags():
    """Prints every flag with its value."""
    for name, value in vars(FLAGS).items():
        print(f"{name} : {value}")


def main():
    print_flags()
    os.makedirs(FLAGS.data_dir, exist_ok=True)
    train()


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument(
        "--dnn_hidden_units", type=str, default=DNN_HIDDEN_UNITS_DEFAULT, help="units of each hidden layer, with commas"
    )
    parser.add_argument("--learning_rate", type=float, default=LEARNING_RATE_DEFAULT, help="size of the updates")
    parser.add_argument("--max_steps", type=int, default=MAX_STEPS_DEFAULT, help="number of updates")
    parser.add_argument("--batch_size", type=int, default=BATCH_SIZE_DEFAULT, help="pictures per update")
    parser.add_argument("--eval_freq", type=int, default=EVAL_FREQ_DEFAULT, help="updates between two tests")
    parser.add_argument("--data_dir", type=str, default=DATA_DIR_DEFAULT, help="folder of the CIFAR-10 batches")
    parser.add_argument("--neg_slope", type=float, default=NEG_SLOPE_DEFAULT, help="negative slope of the leaky ReLU")
    FLAGS, _ = parser.parse_known_args()
    main()
