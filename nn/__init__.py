"""Neural networks of Values: modules, layers and activations, under PyTorch's names where PyTorch has the thing."""

from autograd import Parameter
from nn.activations import ACTIVATIONS
from nn.diagnosis import Diagnosis, LayerDiagnosis, diagnose
from nn.layers import MLP, Layer, Neuron
from nn.module import Module

__all__ = [
    "ACTIVATIONS",
    "MLP",
    "Diagnosis",
    "Layer",
    "LayerDiagnosis",
    "Module",
    "Neuron",
    "Parameter",
    "diagnose",
]
