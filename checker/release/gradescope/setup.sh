#!/usr/bin/env bash
# Prepares the image, once, as root: Python, the pinned packages, bubblewrap.
#
# AUTOGRADER_ROOT         where the archive was unpacked to (in source/), by default /autograder
# CHECKER_BASE_PYTHON     the Python to make an environment with, by default python3.11, installed where it is missing
# CHECKER_TORCH_INDEX     where the CPU builds of PyTorch are; empty: where pip looks anyway
set -euo pipefail

root=${AUTOGRADER_ROOT:-/autograder}
source=$root/source
base=${CHECKER_BASE_PYTHON:-python3.11}
index=${CHECKER_TORCH_INDEX-https://download.pytorch.org/whl/cpu}

wanted=()
command -v bwrap >/dev/null || wanted+=(bubblewrap)
command -v "$base" >/dev/null || wanted+=(python3.11 python3.11-venv)
if [ ${#wanted[@]} -gt 0 ]; then
    export DEBIAN_FRONTEND=noninteractive
    apt-get update
    apt-get install -y --no-install-recommends "${wanted[@]}"
    rm -rf /var/lib/apt/lists/*
fi

"$base" -m venv "$root/venv"
"$root/venv/bin/python" -m pip install --no-cache-dir --disable-pip-version-check \
    ${index:+--extra-index-url "$index"} --constraint "$source/constraints.txt" \
    --requirement "$source/extras.txt" --editable "$source"

# The student's process may become a user of its own: it finds nothing here but what it is started with.
chmod -R go= "$source"
chmod go+x "$source" "$source/reference" "$source"/reference/*/
find "$source/reference" -path '*driver*' -exec chmod go+rX {} +
