"""Trains the PyTorch MLP on CIFAR-10 and tests it; the flags are those of ``train_mlp_numpy.py``::

    python train_mlp_pytorch.py --dnn_hidden_units 100 --learning_rate 2e-3 --max_steps 1500
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

    The model is in evaluation mode, and no gradients are kept, while it is tested.
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
