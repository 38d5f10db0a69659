"""Measures translation against its peers, on the same models and the same machine, in one run."""
