"""Packages of models: found, installed, verified, removed, and handed to sites without a network."""
