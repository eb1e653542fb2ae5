"""One training step of a 784-128-10 net on a mini-batch of 64: as many parameters as a first MNIST net, and noise for
images, since no contestant's speed depends on what they show."""

from __future__ import annotations

import numpy as np

from benchmarks.classifier import Classifier

SIZES = (784, 128, 10)
RNG = np.random.default_rng(0)
contestants = Classifier(RNG.random((640, 784)), RNG.integers(0, 10, 640), SIZES, batch_size=64, lr=0.1).contestants
