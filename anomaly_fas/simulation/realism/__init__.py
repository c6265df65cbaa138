"""How close two sets of captures are in the statistics that attack cues live in."""
