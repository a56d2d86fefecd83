"""Linear: ``python -m unittest tests.test_linear``."""

from tests.checked import Checked


class TestLinear(Checked):
    def test_linear(self):
        self.check("linear")
