"""Data sets: prepared once in a cache folder and verified, or small ones that come with the project.

The engine uses what is named here; ``checker data`` is ``command``. A set is arrays on the grader's side; ``layouts``
and ``parts`` write what students' code expects to find, ``torchvision_import`` and ``serving`` work in the student's
process. Nothing here needs torch but ``torchvision_import``.
"""

from checker.datasets.cache import cache_folder, prepared
from checker.datasets.catalogue import NAMES
from checker.datasets.handout import Handout, handout
from checker.datasets.prepared import Prepared, Split
from checker.datasets.small import small

__all__ = ["NAMES", "Handout", "Prepared", "Split", "cache_folder", "handout", "prepared", "small"]
