"""Neural networks of Values: modules, layers and activations, losses and training, under PyTorch's names where PyTorch
has the thing."""

from autograd import Parameter
from nn.activations import ACTIVATIONS
from nn.history import History
from nn.layers import MLP, Layer, Neuron
from nn.losses import (
    binary_cross_entropy,
    binary_cross_entropy_with_logits,
    cross_entropy,
    cross_entropy_on_probabilities,
    half_squared_error,
    hinge,
    mean_squared_error,
    squared_error,
)
from nn.metrics import accuracy
from nn.module import Module
from nn.regularisers import l1, l2
from nn.training import Criterion, fit

__all__ = [
    "ACTIVATIONS",
    "MLP",
    "Criterion",
    "History",
    "Layer",
    "Module",
    "Neuron",
    "Parameter",
    "accuracy",
    "binary_cross_entropy",
    "binary_cross_entropy_with_logits",
    "cross_entropy",
    "cross_entropy_on_probabilities",
    "fit",
    "half_squared_error",
    "hinge",
    "l1",
    "l2",
    "mean_squared_error",
    "squared_error",
]
