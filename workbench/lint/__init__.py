"""Holds the JavaScript to one form, and to what its runtime knows: prettier and eslint, as package-lock.json has them.

They are no packages of Python, so they lie here and not in setup.cfg. `python -m workbench.lint` says what is wrong,
and with `--write` it gives the scripts their form.
"""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

from workbench import ROOT
from workbench.once import once

FOLDER = Path(__file__).parent
SCRIPTS = "function/*.js", "dashboard/page/*.js", "dashboard/page/style/*.css", "local/edge/*.mjs"
_LOCKS = ROOT / ".tools"
_INSTALL = ["npm", "ci", "--silent", "--no-audit", "--no-fund"]

# What a parser that eslint brings makes of two texts, without the places, and of declarations that follow each other
# one for each name; also the tokens, as `1.0` is `1` in a tree, but for those by which declarations are one or several
_COMPARE = """
const acorn = require('acorn');
const told = JSON.parse(require('fs').readFileSync(0)).map((text) => {
  const tokens = [];
  const tree = acorn.parse(text, { ecmaVersion: 2023, sourceType: 'module', onToken: (token) => tokens.push(
    [token.type.label, text.slice(token.start, token.end)]) });
  const single = (one) => (one.type === 'VariableDeclaration' ?
    one.declarations.map((name) => ({ ...one, declarations: [name] })) : [one]);
  const kept = tokens.filter(([, sign]) => ![',', ';', 'const', 'let'].includes(sign));
  return JSON.stringify([tree, kept], (key, value) => {
    if (key === 'start' || key === 'end') return undefined;
    return key === 'body' && Array.isArray(value) ? value.flatMap(single) : value;
  });
});
console.log(told[0] === told[1] ? 'same' : 'different');
"""


def install(locks: Path | None = None) -> None:
    """Install both once, also when several processes ask at the same time; their lock lies in the folder `locks`.

    It cannot lie beside what is installed: npm makes that folder anew.
    """
    installed = FOLDER / "node_modules" / ".package-lock.json"
    _LOCKS.mkdir(exist_ok=True)
    once(installed, lambda: subprocess.run(_INSTALL, cwd=FOLDER, check=True, timeout=300), locks or _LOCKS)


def lint(config: str, *arguments: str, text: str | None = None) -> str:
    """What eslint finds by the rules of `config`; nothing if it finds nothing."""
    return _run("eslint", "--config", str(FOLDER / config), "--max-warnings", "0", *arguments, text=text)


def form(write: bool) -> str:
    """Which scripts have another form than prettier's; with `write` they get it."""
    do = "--write" if write else "--list-different"
    return _run("prettier", "--config", str(FOLDER / "prettier.json"), "--log-level", "warn", do, *SCRIPTS)


def _run(program: str, *arguments: str, text: str | None = None) -> str:
    command = [str(FOLDER / "node_modules" / ".bin" / program), *arguments]
    done = subprocess.run(command, cwd=ROOT, input=text, capture_output=True, text=True, timeout=120, check=False)
    said = done.stdout + done.stderr
    return said or (f"{program} ended with {done.returncode}" if done.returncode else "")


def compared(one: str, other: str) -> str:
    """Whether two texts are the same program: "same", "different", or why one of them is none."""
    command, told = ["node", "-e", _COMPARE], json.dumps([one, other])
    done = subprocess.run(command, cwd=FOLDER, input=told, capture_output=True, text=True, timeout=120, check=False)
    return done.stdout.strip() or done.stderr
