"""Check the functions in layers.py, outputs and gradients: python gradcheck_layers.py"""

import sys

from utils import run_checker

if __name__ == "__main__":
    sys.exit(run_checker("fc", "relu", "softmax", "l2"))
