"""Machine translation without a network: verified words first, everything checked, everything labelled."""
