"""Correct NumPy programs of every operator: at least two that differ in formula or in the order of their sums."""

from __future__ import annotations

from tests.reference.operators import variants, variants_backprop, variants_convnet, variants_mlp
from tests.reference.operators.variants import Variant

PROGRAMS: dict[str, tuple[Variant, ...]] = {
    **variants.VARIANTS,
    **variants_backprop.VARIANTS,
    **variants_convnet.VARIANTS,
    **variants_mlp.VARIANTS,
}
