"""The figures of the `gradgpad` package 2.1.0 to the last bit, faults (c) to (i) included.

They are for comparing with figures that were made with it; `anomaly_fas.metrics.analysis` has the
correct ones. Each fault is described where it is reproduced:

(c) `species_analysis`: coarse species are grouped twice, so "print" holds print, replay and mask.
(d) `operating_points`: rates at a working point are the nearest point of a thinned curve, no bound.
(e) `subset`: scores and species are paired by position, not by id.
(f) `species_analysis`: a score at the threshold is no error of either kind.
(g) `demographics`: the sex annotated in eight of the thirteen datasets is not read.
(h) `operating_points`: the threshold at a fixed FRR is that at a fixed FAR.
(i) `demographics`: a BPCER of 0 is left out of the mean of two skin tones.

Faults (a) and (b) of the package are in its lists and its key to coarse labels, not in its figures.
"""
