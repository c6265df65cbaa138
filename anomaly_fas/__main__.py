"""`python -m anomaly_fas` is the console script."""

from anomaly_fas.cli import main

main()
