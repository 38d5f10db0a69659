"""A package, because one of the libraries installs a package of the same name, which would be found instead."""
