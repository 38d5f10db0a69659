"""The engines, each in a module of its own. To add one, write its module and name it here."""
