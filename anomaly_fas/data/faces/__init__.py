"""Faces in frames: found, followed through a clip, cut out."""
