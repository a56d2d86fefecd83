"""Check your computational graphs: python backprop.py [--function f3] [--action check-grads]

Values and gradients are compared by the checker, on many inputs inside and outside of [0, 1). Ends with 0 when
everything that was asked for is right, and with 1 otherwise; of all functions, the optional ones may be left out.
"""

import argparse
import importlib.util
import json
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
SUBMISSION = HERE if (HERE / "layers.py").exists() else HERE.parent

parser = argparse.ArgumentParser(description="Check the functions in functions.py.")
parser.add_argument("--function", choices=["all", "f1", "f2", "f3", "f4"], default="all", help="which to check")
parser.add_argument(
    "--action",
    choices=["check-both", "check-outputs", "check-grads"],
    default="check-both",
    help="check outputs, gradients or both (f4 has gradients only)",
)


def tasks(function, action):
    """The checker's tasks for this choice."""
    functions = ["f1", "f2", "f3", "f4"] if function == "all" else [function]
    parts = {"check-both": ["output", "grads"], "check-outputs": ["output"], "check-grads": ["grads"]}[action]
    return [f"{name}.{part}" for name in functions for part in parts if (name, part) != ("f4", "output")]


def is_right(outcome):
    """Optional functions may be left out, but not be wrong."""
    return outcome["status"] == "passed" or (outcome["max_points"] == 0 and outcome["status"] == "not started")


def main(args):
    if importlib.util.find_spec("checker") is None:
        print("The checker is not installed for this Python. Run `make check A=backprop TASK=f3` in the folder of the")
        print("Makefile, or run this script with the Python in its .venv/bin.")
        return 2
    chosen = tasks(args.function, args.action)
    if not chosen:
        print("Nothing to do: what f4 computes is up to you, so only its gradients can be checked.")
        return 0
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.json"
        command = [sys.executable, "-P", "-m", "checker.cli", "check", "backprop", "--submission", str(SUBMISSION)]
        command += ["--report-json", str(report)]
        for task in chosen:
            command += ["--task", task]
        status = subprocess.run(command).returncode
        if status != 0:
            return status
        outcomes = json.loads(report.read_text())["tasks"]
    if args.function == "all":
        return int(not all(is_right(outcome) for outcome in outcomes if outcome["aspects"]))
    return int(not all(outcome["status"] == "passed" for outcome in outcomes if outcome["aspects"]))


if __name__ == "__main__":
    sys.exit(main(parser.parse_args()))
