"""Exchange: phrasebooks as PO, XLIFF, TMX, spreadsheets and signed bundles, out and in again."""
