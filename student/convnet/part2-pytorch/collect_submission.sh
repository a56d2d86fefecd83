#!/bin/sh
# Packs what is handed in for part 2: sh collect_submission.sh
set -e
cd "$(dirname "$0")"
name=assignment_2_part_2_submission.zip
mkdir -p checkpoints
rm -f "$name"
zip -q -r "$name" configs losses checkpoints models main.py -x '*__pycache__*'
echo "wrote $name"
