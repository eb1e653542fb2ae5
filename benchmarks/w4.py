"""W4: one training step of a 64-32-10 net on a mini-batch of 32 of scikit-learn's digits."""

from __future__ import annotations

from sklearn.datasets import load_digits

from benchmarks.classifier import Classifier

DIGITS = load_digits()
contestants = Classifier(DIGITS.data / 16, DIGITS.target, (64, 32, 10), batch_size=32, lr=0.1).contestants
