"""Where the files of GRAD-GPAD's datasets lie, and how much of each protocol they allow."""
