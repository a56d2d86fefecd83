"""MaxPooling: ``python -m unittest tests.test_maxpool``."""

from tests.checked import Checked


class TestMaxPooling(Checked):
    def test_maxpool(self):
        self.check("maxpool")
