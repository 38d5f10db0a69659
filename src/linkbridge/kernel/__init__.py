"""What every domain stands on: clock, errors, database, languages, keys. It knows no domain."""
