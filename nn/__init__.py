"""Neural networks of Values: modules, layers and activations, under PyTorch's names where PyTorch has the thing."""

from autograd import Parameter
from nn import initialisers, meprop
from nn.activations import ACTIVATIONS, PReLU, Softmax
from nn.convolution import Conv2d, Flatten
from nn.diagnosis import Diagnosis, LayerDiagnosis, diagnose
from nn.dropout import Dropout
from nn.layers import MLP, Layer, Neuron, Sequential
from nn.maxout import Maxout
from nn.meprop import MeProp
from nn.module import Module

__all__ = [
    "ACTIVATIONS",
    "MLP",
    "Conv2d",
    "Diagnosis",
    "Dropout",
    "Flatten",
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
    "diagnose",
    "initialisers",
    "meprop",
]
