"""Trains and evaluates your networks. Provided: do not change.

    python mp6.py --dataset data                     # all parts
    python mp6.py --dataset data --part 1 --max_iter 50

Part 1 trains for ``max_iter`` batches, parts 2 and 3 for twice as many. Each network is saved as ``net_pK.model``.
"""

import argparse
import importlib

import numpy as np
import torch

import reader

NAMES = {1: ("cloth", "shoe", "bag"), 2: ("T-shirt", "pullover", "dress", "coat", "shirt")}


def parse():
    parser = argparse.ArgumentParser(description="Neural nets on Fashion-MNIST")
    parser.add_argument("--dataset", metavar="DIR", default="data", help="folder with the .npy files")
    parser.add_argument("--max_iter", type=int, default=50, help="batches to train for in part 1 (default 50)")
    parser.add_argument("--part", type=int, choices=(1, 2, 3), help="run one part only")
    parser.add_argument("--seed", type=int, default=0, help="seed of torch and NumPy (default 0)")
    return parser.parse_args()


def scores(predicted, labels, name_of):
    """Prints precision, recall and F1 of each class."""
    for label, name in enumerate(name_of):
        hits = np.sum((predicted == label) & (labels == label))
        precision = hits / max(1, np.sum(predicted == label))
        recall = hits / max(1, np.sum(labels == label))
        f1 = 2 * precision * recall / (precision + recall) if hits else 0.0
        print(f"  {name:<9} F1 {f1:.3f}  precision {precision:.3f}  recall {recall:.3f}")


def run(part, options):
    torch.manual_seed(options.seed)
    np.random.seed(options.seed)
    module = importlib.import_module(f"neuralnet_p{part}")
    n_iter = options.max_iter if part == 1 else 2 * options.max_iter
    x_train, y_train, x_dev, y_dev = reader.load_dataset(options.dataset, 1 if part == 1 else 2)
    x_train, x_dev = (torch.tensor(x, dtype=torch.float32) for x in (x_train, x_dev))
    y_train = torch.tensor(y_train, dtype=torch.int64)
    print(f"part {part}: {n_iter} batches")
    if part == 3:
        x_train, x_dev = x_train / 255, x_dev / 255
        _, predicted, net = module.fit(x_train, x_dev, n_iter)
        print(f"  mean squared error {np.mean((predicted - x_dev.numpy()) ** 2):.4f}")
    else:
        _, predicted, net = module.fit(x_train, y_train, x_dev, n_iter)
        print(f"  accuracy {np.mean(predicted == y_dev):.3f}")
        scores(predicted, y_dev, NAMES[part])
    print(f"  {sum(tensor.numel() for tensor in net.get_parameters())} parameters")
    torch.save(net, f"net_p{part}.model")


def main():
    options = parse()
    for part in [options.part] if options.part else [1, 2, 3]:
        try:
            run(part, options)
        except NotImplementedError:
            print("  not started")


if __name__ == "__main__":
    main()
