"""Build the documentation site, with the demo of the viewer as one page.

    uv run python scripts/docs_site.py

`docs/demo.html` is made from the bundled examples. It is not committed, because it contains all built pages.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from social_world_model.viewer.catalogue import discover
from social_world_model.viewer.choosing import item_choice
from social_world_model.viewer.demo import demo_paths
from social_world_model.viewer.export import export_html

PROJECT = Path(__file__).resolve().parents[1]


def write_demo(docs: Path) -> None:
    """Write the demo as `demo.html`.

    Parameters
    ----------
    docs
        Folder of the pages.
    """
    made = export_html(discover(demo_paths()), items=item_choice("all"), title="Demo of the viewer", cache=False)
    (docs / "demo.html").write_text(made.html, encoding="utf-8")


def main() -> None:
    """Write the demo, and build the site."""
    write_demo(PROJECT / "docs")
    sys.exit(
        subprocess.run([sys.executable, "-m", "zensical", "build", "--strict"], cwd=PROJECT, check=False).returncode
    )


if __name__ == "__main__":
    main()
