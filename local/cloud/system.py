"""The generated template, deployed into an emulated AWS of its own: what is behind every local command.

One place, as somebody waits for each start: the template is written while the emulator starts.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

from generator import Settings, build_template
from generator.render import to_yaml
from generator.settings import Source
from local.cloud.emulator import UNREACHABLE, start_emulator
from local.cloud.stack import Stack, deploy
from local.errors import LocalError


@contextlib.contextmanager
def deployed(source: Source = "direct", name: str = "local", **parameters: str) -> Iterator[Stack]:
    """The generated template, unchanged, in an emulator of its own."""
    with ThreadPoolExecutor(1) as aside:
        template = aside.submit(lambda: to_yaml(build_template(Settings(source=source))))
        with start_emulator() as emulator:
            try:
                stack = deploy(emulator, template.result(), name, parameters)
            except UNREACHABLE as error:
                raise LocalError(f"the emulated AWS does not answer ({error}): start again") from None
            # the publisher's first start costs a second: not while somebody waits for the first page
            aside.submit(stack.ask, action="status")
            yield stack
