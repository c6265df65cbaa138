"""The console script: finds the subcommand and imports nothing else before it is called."""

import importlib
import sys
from typing import Final

from anomaly_fas import __version__

COMMANDS: Final = {
    "train": "train a detector and score devel and test; -m sweeps, study=NAME runs a study",
    "search": "search for settings of least devel ACER over many runs; `search show` on its state",
    "manifest": "list your own folder of real|fake, live|spoof … in a CSV file for training",
    "prepare": "cut faces out of videos and pictures into the crop store that training reads",
    "evaluate": "evaluate scores of any system, or score a finished run or a checkpoint again",
    "adapt": "give a checkpoint references and thresholds of your own images, without training",
    "shots": "error rates of trained runs in a new domain against the references from it",
    "predict": "score images or folders of images with a checkpoint",
    "runs": "list the runs of a study or of all: state, epoch, devel ACER, age",
    "table": "collect the finished runs of a study into a table",
    "report": "a study's figures with intervals, pictures and tables on one page",
    "compare": "a study's methods against each other, with intervals and tests of the differences",
    "ablation": "what each factor of a study does, changed by itself around a common base",
    "protocols": "list the protocols of a data set with their counts; `protocols audit` on leakage",
    "simulate": "write simulated faces and attacks, a manifest and a contact sheet",
}


def main() -> None:
    """Run the subcommand that the command line names."""
    arguments = sys.argv[1:]
    if not arguments or arguments[0] in {"-h", "--help", "help"}:
        print(_help())
        return
    if arguments[0] == "--version":
        print(f"anomaly-fas {__version__}")
        return
    if arguments[0] not in COMMANDS:
        print(f"anomaly-fas: unknown command {arguments[0]!r}\n\n{_help()}", file=sys.stderr)
        sys.exit(2)
    importlib.import_module(f"anomaly_fas.commands.{arguments[0]}").main()


def _help() -> str:
    width = max(map(len, COMMANDS))
    commands = "\n".join(f"  {name:{width}}  {text}" for name, text in COMMANDS.items())
    return f"""usage: anomaly-fas COMMAND [GROUP=FILE …] [key=value …]

Deep anomaly detection for generalised face anti-spoofing.

{commands}

anomaly-fas COMMAND --help shows a command's config; --cfg job what it comes to."""
