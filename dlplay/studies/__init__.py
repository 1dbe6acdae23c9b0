"""Experiments made of several runs: ablations, cross-validations, sweeps."""
