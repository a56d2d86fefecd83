"""Neural nets on Fashion-MNIST: rubric and driver."""
