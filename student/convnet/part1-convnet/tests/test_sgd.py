"""SGD: ``python -m unittest tests.test_sgd``."""

from tests.checked import Checked


class TestSGD(Checked):
    def test_sgd(self):
        self.check("sgd")
