"""Packages of models: found in indexes, fetched, checked, installed, removed, and carried to sites without a network.

Everything that a package or an index says is distrusted: names are checked before they become paths, sizes and
checksums are compared with what arrives, and a folder counts as a model only when its engine can read it.
"""
