"""Conv2D: ``python -m unittest tests.test_conv``."""

from tests.checked import Checked


class TestConv2D(Checked):
    def test_conv2d(self):
        self.check("conv2d")
