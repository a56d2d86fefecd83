"""Trains a network as a configuration says: ``python main.py --config configs/config_twolayer.yaml``.

``train`` and ``validate`` are yours to write; the rest is provided.
"""

import argparse
import copy
from pathlib import Path

import torch
import yaml
from torch import nn

import data
import models
from losses import FocalLoss, reweight

HERE = Path(__file__).resolve().parent
DEVICE = torch.device("cuda" if torch.cuda.is_available() else "cpu")
NETWORKS = {
    "TwoLayerNet": lambda: models.TwoLayerNet(3 * 32 * 32, 256, 10),
    "VanillaCNN": lambda: models.VanillaCNN(),
    "MyModel": lambda: models.MyModel(),
    "ResNet-32": lambda: models.resnet32(),
}


class AverageMeter:
    """The mean of values that come with a count: ``update`` it, then read ``avg``."""

    def __init__(self):
        self.sum = 0.0
        self.count = 0

    def update(self, value, n=1):
        self.sum += float(value) * n
        self.count += n

    @property
    def avg(self):
        return self.sum / self.count if self.count else 0.0


def accuracy(output, target):
    """The share of right answers, 0 to 1: ``output`` (N, C) logits, ``target`` (N,) class numbers."""
    return (output.argmax(dim=1) == target).float().mean().item()


def train(epoch, data_loader, model, optimizer, criterion):
    """One epoch of training: one update of the parameters for every batch.

    ``data_loader`` gives batches (x, target); ``criterion(model(x), target)`` is the loss of a batch. Put the model into
    training mode, clear the old gradients before each batch's are computed, and move batches to the model's device.
    Progress may be printed. Returns nothing.
    """
    raise NotImplementedError("train is yours to write")


def validate(epoch, val_loader, model, criterion):
    """How good the model is on the batches of ``val_loader``: in evaluation mode and without recording gradients.

    Returns (accuracy, confusion): the share of right answers over all samples, 0 to 1 (batches may differ in size), and a
    tensor or array (10, 10) whose row i says which share of the samples of class i was taken for which class, so that a
    row sums to 1. The row of a class that does not occur may hold anything.
    """
    raise NotImplementedError("validate is yours to write")


def adjust_learning_rate(optimizer, epoch, config):
    """The learning rate of an epoch (counted from 0): it rises over the warm-up and falls at the two steps."""
    rate = config["learning_rate"]
    if epoch < config["warmup"]:
        rate *= (epoch + 1) / config["warmup"]
    elif epoch >= config["steps"][1]:
        rate *= 0.01
    elif epoch >= config["steps"][0]:
        rate *= 0.1
    for group in optimizer.param_groups:
        group["lr"] = rate


def main(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--config", type=Path, default=HERE / "configs/config_twolayer.yaml")
    with parser.parse_args(arguments).config.open() as stream:
        config = yaml.safe_load(stream)
    settings, name = config["Train"], config["network"]["model"]
    model = NETWORKS[name]().to(DEVICE)

    train_set, val_set, sizes = data.load(config["data"]["imbalance"] == "imbalance")
    train_loader = torch.utils.data.DataLoader(train_set, settings["batch_size"], shuffle=True)
    val_loader = torch.utils.data.DataLoader(val_set, 100)

    weight = None
    if config["data"]["reweight"]:
        weight = torch.as_tensor(reweight(sizes, config["data"]["beta"]), dtype=torch.float32, device=DEVICE)
    if config["loss"]["loss_type"] == "Focal":
        criterion = FocalLoss(weight=weight, gamma=1.0)
    else:
        criterion = nn.CrossEntropyLoss(weight=weight)
    optimizer = torch.optim.SGD(
        model.parameters(), settings["learning_rate"], momentum=settings["momentum"], weight_decay=settings["reg"]
    )

    best, best_weights, best_confusion = -1.0, None, None
    for epoch in range(settings["epochs"]):
        adjust_learning_rate(optimizer, epoch, settings)
        train(epoch, train_loader, model, optimizer, criterion)
        score, confusion = validate(epoch, val_loader, model, criterion)
        print(f"epoch {epoch + 1}: validation accuracy {float(score):.4f}", flush=True)
        if score > best:
            best, best_weights, best_confusion = score, copy.deepcopy(model.state_dict()), confusion
    print(f"best validation accuracy: {float(best):.4f}")
    print("per class: " + " ".join(f"{float(best_confusion[c][c]):.4f}" for c in range(10)))
    if config["data"]["save_best"]:
        folder = HERE / "checkpoints"
        folder.mkdir(exist_ok=True)
        torch.save(best_weights, folder / f"{name.lower()}.pth")


if __name__ == "__main__":
    main()
