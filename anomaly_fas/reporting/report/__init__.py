"""Report a study's methods on one page."""
