"""Accuracy, the learning curves' plot, and the way to the checker. Nothing to do here."""

import importlib.util
import subprocess
import sys
from pathlib import Path

import numpy as np

HERE = Path(__file__).resolve().parent
SUBMISSION = HERE if (HERE / "functions.py").exists() else HERE.parent


def accuracy(model, X, y, batch_size=1000):
    """The share of samples that the model classifies rightly, in percent."""
    right = 0
    for start in range(0, len(X), batch_size):
        stop = start + batch_size
        right += int(np.sum(model.predict(X[start:stop]) == y[start:stop]))
    return 100.0 * right / len(X)


def plot_curves(losses, epochs, train_accuracies, val_accuracies, filename):
    """Write a plot of the loss of every step, and of both accuracies after every epoch."""
    try:
        import matplotlib
    except ModuleNotFoundError:
        print(f"matplotlib is not installed, so {filename} was not written")
        return
    matplotlib.use("Agg")
    from matplotlib import pyplot

    figure, (left, right) = pyplot.subplots(1, 2, figsize=(10, 4))
    left.plot(losses, ".", markersize=2)
    left.set(xlabel="step", ylabel="training loss")
    right.plot(epochs, train_accuracies, "o-", label="training")
    right.plot(epochs, val_accuracies, "o-", label="validation")
    right.set(xlabel="epoch", ylabel="accuracy (%)")
    right.legend()
    figure.tight_layout()
    figure.savefig(filename)
    pyplot.close(figure)
    print(f"wrote {filename}")


def run_checker(*tasks):
    """Run the checker on these tasks: 0 when everything is right, 1 when something is wrong, 2 when it cannot run."""
    if importlib.util.find_spec("checker") is None:
        print("The checker is not installed for this Python. Run")
        print(f'    make check A=backprop TASK="{" ".join(tasks)}"')
        print("in the folder of the Makefile, or this script with the Python in its .venv/bin.")
        return 2
    command = [sys.executable, "-P", "-m", "checker.cli", "check", "backprop", "--submission", str(SUBMISSION)]
    for task in tasks:
        command += ["--task", task]
    return subprocess.run([*command, "--fail-under", "100"]).returncode
