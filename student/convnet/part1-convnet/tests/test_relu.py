"""ReLU: ``python -m unittest tests.test_relu``."""

from tests.checked import Checked


class TestReLU(Checked):
    def test_relu(self):
        self.check("relu")
