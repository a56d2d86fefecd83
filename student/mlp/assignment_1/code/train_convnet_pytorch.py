"""Trains the ConvNet on CIFAR-10 with Adam and tests it::

    python train_convnet_pytorch.py --learning_rate 1e-4 --max_steps 5000

The grader runs this file on a few other pictures, for a few steps, to see what each flag changes and how the model is
trained and tested. matplotlib may be used for the curves; where the grader runs, it is replaced by one that draws
nothing.
"""

import argparse
import os

LEARNING_RATE_DEFAULT = 1e-4
MAX_STEPS_DEFAULT = 5000
BATCH_SIZE_DEFAULT = 32
EVAL_FREQ_DEFAULT = 500
DATA_DIR_DEFAULT = "./cifar10/cifar-10-batches-py"

FLAGS = None


def accuracy(predictions, targets):
    """The share of rows (0 to 1) whose largest prediction is at the target: logits and one-hot targets, (N, C)."""
    raise NotImplementedError("accuracy is yours to write")


def train():
    """Trains a ConvNet as ``FLAGS`` say, tests it every ``FLAGS.eval_freq`` steps, and saves accuracy and loss curves.

    - The optimizer is ``torch.optim.Adam``, with ``FLAGS.learning_rate``; ``FLAGS.max_steps`` updates are made, each
      with the gradients of its own ``FLAGS.batch_size`` training pictures.
    - The data come from ``cifar10_utils`` and lie in ``FLAGS.data_dir``; ``ConvNet`` comes from ``convnet_pytorch``.
    - While it is tested, on the whole test set in parts small enough for your memory, the model is in evaluation mode
      (BatchNorm would otherwise use, and change, the wrong statistics) and no gradients are kept. Then it goes back to
      training mode.
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
    parser.add_argument("--learning_rate", type=float, default=LEARNING_RATE_DEFAULT, help="learning rate of Adam")
    parser.add_argument("--max_steps", type=int, default=MAX_STEPS_DEFAULT, help="number of updates")
    parser.add_argument("--batch_size", type=int, default=BATCH_SIZE_DEFAULT, help="pictures per update")
    parser.add_argument("--eval_freq", type=int, default=EVAL_FREQ_DEFAULT, help="updates between two tests")
    parser.add_argument("--data_dir", type=str, default=DATA_DIR_DEFAULT, help="folder of the CIFAR-10 batches")
    FLAGS, _ = parser.parse_known_args()
    main()
