"""ConvNet: ``python -m unittest tests.test_convnet``."""

from tests.checked import Checked


class TestConvNet(Checked):
    def test_convnet(self):
        self.check("convnet")
