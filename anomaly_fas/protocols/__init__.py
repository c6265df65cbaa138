"""Who trains, who tunes and who is tested: rules over annotations, and GRAD-GPAD's facts."""
