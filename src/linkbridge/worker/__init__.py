"""Background work: jobs that survive any crash (DBOS), and the upkeep that runs beside them."""
