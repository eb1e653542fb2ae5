"""Neural networks of Values: modules, layers and activations, losses and training, under PyTorch's names where PyTorch
has them."""

from autograd import Parameter
from nn import initialisers, meprop
from nn.activations import ACTIVATIONS, PReLU, Softmax
from nn.conversion import from_torch, to_torch
from nn.convolution import Conv2d, Flatten
from nn.diagnosis import Diagnosis, LayerDiagnosis, diagnose
from nn.dropout import Dropout
from nn.history import History
from nn.layers import MLP, Layer, Neuron, Sequential
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
from nn.maxout import Maxout
from nn.meprop import MeProp
from nn.metrics import accuracy
from nn.module import Module, functional_call
from nn.plots import plot_decision
from nn.randomness import seed
from nn.regularisers import l1, l2
from nn.settings import Criterion
from nn.training import DivergenceError, fit

__all__ = [
    "ACTIVATIONS",
    "MLP",
    "Conv2d",
    "Criterion",
    "Diagnosis",
    "DivergenceError",
    "Dropout",
    "Flatten",
    "History",
    "Layer",
    "LayerDiagnosis",
    "Maxout",
    "MeProp",
    "Module",
    "Neuron",
    "PReLU",
    "Parameter",
    "Sequential",
    "Softmax",
    "accuracy",
    "binary_cross_entropy",
    "binary_cross_entropy_with_logits",
    "cross_entropy",
    "cross_entropy_on_probabilities",
    "diagnose",
    "fit",
    "from_torch",
    "functional_call",
    "half_squared_error",
    "hinge",
    "initialisers",
    "l1",
    "l2",
    "mean_squared_error",
    "meprop",
    "plot_decision",
    "seed",
    "squared_error",
    "to_torch",
]
