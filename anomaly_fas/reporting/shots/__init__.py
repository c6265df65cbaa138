"""Report error rates against the number of references from a new domain."""
