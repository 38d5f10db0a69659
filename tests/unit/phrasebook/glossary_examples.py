"""A glossary small enough to read."""

TERMS = """\
terms:
  asylum:
    term: asylum
    domain: asylum
    definition: Protection in another country.
    legal_basis:
      - { instrument: VCCR, article: "36" }
  asylum-seeker:
    term: asylum seeker
    found_as: [asylum seeker, asylum seekers]
    domain: asylum
    definition: A person who asked for asylum.
    source: A manual of 1979
  consulate:
    term: consulate
    found_as: [consulate, consulates]
    domain: consular
    definition: An office of a country in another.
  embassy:
    term: embassy
    domain: consular
    definition: An office of a government.
"""

ES = """\
date: 2026-11-24
status: draft
origin: machine
words:
  asylum: asilo
  consulate:
    term: consulado
    forms: [consulados]
    avoid: [embajada, "agencia*"]
  embassy:
    term: embajada
"""

ZH = """\
date: 2026-11-24
words:
  asylum: 庇护
  asylum-seeker: { term: 寻求庇护者 }
"""
