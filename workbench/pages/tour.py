"""Takes the picture of the one-minute tour: three commits through the local pipeline, one step back, the real pages.

`python -m workbench.pages.tour docs/tour.png`
"""

from __future__ import annotations

import base64
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import expect, sync_playwright

from local.cloud.child import Children
from local.cloud.system import deployed
from local.commands.pipeline import Plan, execute, parameters_of
from local.commands.repository import Repository
from workbench import ROOT
from workbench.chromium import FLAGS, program
from workbench.dashboards import dashboard_of
from workbench.stage import Stage

COMMITS = {"one": "Open the shop", "two": "Add the autumn collection", "three": "New colours on every page"}
HEIGHT = 800
FRAME = """<style>body {{ margin: 0; display: flex; gap: 12px; background: #d7dbe2; padding: 12px }}
img {{ border-radius: 6px; box-shadow: 0 1px 6px #0005 }}</style>{}"""


def main(target: Path) -> None:
    """Write the picture to `target`."""
    parameters = parameters_of("static", "", "", "", "")
    with tempfile.TemporaryDirectory() as name, deployed("git", **parameters) as stack:
        folder = Path(name) / "site"
        shutil.copytree(ROOT / "tests" / "projects" / "plain", folder)
        _git(folder, "init", "-q")
        for version, message in COMMITS.items():
            (folder / "version.txt").write_text(version + "\n")
            _git(folder, "add", "-A")
            _git(folder, "commit", "-q", "-m", message)
            plan = Plan(Repository(folder), "HEAD", watch=False, parameters=parameters)
            execute(stack, plan, plan.repository.commit("HEAD"), Children())
        _photograph(Stage(stack), target)


def _git(folder: Path, *arguments: str) -> None:
    who = ("-c", "user.name=Ada", "-c", "user.email=ada@example.com")
    subprocess.run(["git", "-C", str(folder), *who, *arguments], check=True)


def _photograph(stage: Stage, target: Path) -> None:
    with sync_playwright() as playwright, stage.serving() as served:
        browser = playwright.chromium.launch(executable_path=program(), args=list(FLAGS))
        dashboard = dashboard_of(stage.stack, served.url)
        url = stage.run(dashboard.start(0))
        watching = stage.spawn(dashboard.watch())
        page = browser.new_page(viewport={"width": 1120, "height": HEIGHT}, reduced_motion="reduce")
        page.goto(url)
        page.locator("#rollback").click()
        expect(page.locator("dialog[open]")).to_contain_text("file changed")
        page.locator("#question-yes").click()
        expect(page.locator("#said")).to_contain_text("is live")
        expect(page.locator("#copy-live")).to_have_attribute("data-copy", str(stage.stack.live()).split()[0])
        site = browser.new_page(viewport={"width": 300, "height": HEIGHT})
        site.goto(served.url)
        expect(site.locator("#version")).to_have_text("two")
        shots = [base64.b64encode(one.screenshot()).decode() for one in (page, site)]
        both = browser.new_page(viewport={"width": 1456, "height": HEIGHT + 24})
        both.set_content(FRAME.format("".join(f'<img src="data:image/png;base64,{shot}">' for shot in shots)))
        both.screenshot(path=target)
        watching.cancel()
        stage.run(dashboard.close())
        browser.close()
    stage.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
