"""The embedded data: faces, attack instruments and cameras, rendered from a seed."""
