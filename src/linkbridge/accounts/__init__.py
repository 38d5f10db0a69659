"""Organisations, sites, staff, tablets, what each may do, and the audit log."""
