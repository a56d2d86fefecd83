#!/bin/sh
# Packs what is handed in for part 1: sh collect_submission.sh
set -e
cd "$(dirname "$0")"
name=assignment_2_part_1_submission.zip
rm -f "$name"
zip -q "$name" modules/*.py optimizer/*.py trainer.py train.py
echo "wrote $name"
