"""Score the same replies with the code of the benchmarks' authors and with this package, and compare the results.

The code of the authors is not part of this package. Clone the public repositories, and give the path of each clone::

    uv run --with pandas --with scikit-learn python -m scripts.compare_scorers --fantom CLONE FILE

The clones are https://github.com/skywalker023/fantom, https://github.com/skywalker023/confaide,
https://github.com/chuanyangjin/MMToM-QA and https://github.com/cicl-stanford/procedural-evals-tom. The second value of
each option is the data file, or for BigToM a folder with ``CONDITION/stories.csv``. The repository of Hi-ToM contains
no code that reads replies.

The replies are made by rules. Both sides use word counts in place of an embedding model, so the figures for free text
are not comparable with published figures. The exit status is 1 if a figure differs.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from scripts.compare_scorers import bigtom, confaide, fantom, mmtom

COMPARISONS = {"fantom": fantom.compare, "confaide": confaide.compare, "mmtom": mmtom.compare, "bigtom": bigtom.compare}


def main() -> None:
    """Compare the benchmarks whose clones are given."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in COMPARISONS:
        parser.add_argument(f"--{name}", nargs=2, type=Path, metavar=("CLONE", "DATA"))
    given = vars(parser.parse_args())
    different = sum(compare(*given[name]) for name, compare in COMPARISONS.items() if given[name])
    print(f"figures that differ: {different}")
    sys.exit(bool(different))


if __name__ == "__main__":
    main()
