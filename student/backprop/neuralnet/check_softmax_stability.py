"""Check softmax_loss, with scores in the thousands among others: python check_softmax_stability.py"""

import sys

from utils import run_checker

if __name__ == "__main__":
    sys.exit(run_checker("softmax"))
