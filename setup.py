"""What setup.cfg cannot say: each folder of the house lies below `instant_hosting.house` in the wheel.

So the wheel has one name at the top, whatever else is installed there. A new folder needs no line here.
"""

from pathlib import Path

from setuptools import setup

HOUSE = "codebuild", "dashboard", "deployments", "detection", "docs", "function", "generator", "lambda", "local"
KINDS = ".css", ".html", ".js", ".json", ".md", ".mjs", ".py", ".sh", ".txt", ".yml"


def packages() -> list[str]:
    """Every folder of the house with a file that travels."""
    files = (path for name in HOUSE for path in Path(name).rglob("*") if path.suffix in KINDS)
    return sorted({f"instant_hosting.house.{'.'.join(path.parent.parts)}" for path in files})


setup(
    packages=["instant_hosting", "instant_hosting.house", *packages()],
    package_dir={"instant_hosting.house": "."},
    # modules come with their packages
    package_data={"": [*(f"*{kind}" for kind in KINDS if kind != ".py"), "Containerfile"]},
)
