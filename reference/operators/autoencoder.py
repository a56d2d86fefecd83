"""An autoencoder of images, seen from outside: encoder and decoder, their shapes, and the range of the output."""

from __future__ import annotations

import numpy as np

from checker.bounds import exact
from checker.operator import Case, Operator, Outputs
from reference.operators.training_behaviour import COMMON, PIXELS, mistakes_of, one_of, ones, signatures

IMAGE = (28, 28)


def autoencoder_network() -> Operator:
    """An autoencoder of images: encoder and decoder, their shapes, and a range from 0 to 1."""

    def reference(case: Case) -> Outputs:
        return {
            "shape": np.array([7.0, PIXELS]),
            "image shape": np.array([7.0, 1.0, *IMAGE]),
            "unused": np.asarray(0.0),
            **ones("encoder and decoder", "bottleneck", "code size", "get_parameters", "saving", "range"),
            **signatures(),
        }

    meanings = {
        "encoder and decoder": {
            2.0: "self.encoder and self.decoder have to be modules",
            3.0: "the encoder has no two-dimensional convolution",
        },
        "bottleneck": {0.0: "the encoder does not reduce the size of the image"},
        "code size": {0.0: "the code is no smaller than the image: the network could copy instead of compress"},
        "range": {0.0: "outputs leave the range from 0 to 1: a sigmoid belongs at the end"},
    }
    cases = one_of(*(Case({}, {"classes": 0}, {"seed": seed}) for seed in (1, 2)))
    return Operator("Autoencoder", cases, reference, exact, mistakes={**COMMON, **mistakes_of(meanings)}, upstream=())
