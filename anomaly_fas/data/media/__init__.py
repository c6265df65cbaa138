"""Frames of captures: videos, HDF5 streams, still images, folders of frames."""
