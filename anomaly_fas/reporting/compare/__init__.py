"""Compare methods over families of protocols."""
