"""Check TwoLayerNet, its scores and gradients: python gradcheck_classifier.py"""

import sys

from utils import run_checker

if __name__ == "__main__":
    sys.exit(run_checker("two_layer_net"))
