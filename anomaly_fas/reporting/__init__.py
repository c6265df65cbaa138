"""From finished runs to tables that people read."""
