"""Class-balanced focal loss, for data with many samples of some classes and few of others."""

import torch
from torch import nn
from torch.nn import functional as F


def reweight(cls_num_list, beta=0.9999):
    """Weights per class from the effective number of samples.

    ``cls_num_list`` holds the number n_c of samples of each class. A class's effective number is
    E_c = (1 - beta^n_c) / (1 - beta), and its weight is proportional to 1 / E_c, normalised so that the weights sum to the
    number of classes. With ``beta`` = 0 all weights are 1. For example, [645, 387, 232, 139] with beta = 0.9999 gives
    about [0.4043, 0.6652, 1.1011, 1.8294].

    Returns the weights (C,) as a tensor or an array.
    """
    raise NotImplementedError("reweight is yours to write")


class FocalLoss(nn.Module):
    """Focal loss with class weights, of a softmax or of sigmoids: either is right.

    Softmax: with p_y the probability of the sample's class y, the mean over the batch of -w_y (1 - p_y)^gamma log p_y.
    Without weights and with ``gamma`` = 0 that is the cross entropy.

    Sigmoid: every class is a yes-or-no question with p_c = sigmoid(x_c) for the class of the sample and 1 - sigmoid(x_c)
    for the others; -(1 - p_c)^gamma log p_c is summed over the classes, weighted by w_y, and averaged over the batch.

    The mean may be taken over the samples or over the sum of their weights w_y. The loss and its gradients must be right
    for confident predictions, too: never take the log of a probability that has become 0.
    """

    def __init__(self, weight=None, gamma=0.0):
        """``weight`` (C,) is a tensor of class weights, or None for none; ``gamma`` >= 0."""
        super().__init__()
        assert gamma >= 0
        self.gamma = gamma
        self.weight = weight

    def forward(self, input, target):
        """``input`` (N, C) raw logits, ``target`` (N,) int64 class numbers; returns the loss, a tensor with one number."""
        raise NotImplementedError("FocalLoss.forward is yours to write")
