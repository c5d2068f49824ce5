"""SvelteKit: a site only with adapter-static."""

from __future__ import annotations

from detection.draft import Draft

_ADAPTERS = ("@sveltejs/adapter-", "svelte-adapter-")


def sveltekit(draft: Draft) -> None:
    """https://svelte.dev/docs/kit/adapter-static"""
    configs = [draft.config(pattern) for pattern in ("svelte.config.*", "vite.config.*")]
    imported = [module for _, config in configs for module in config.imports() if module.startswith(_ADAPTERS)]
    adapters = imported or [name for name in draft.package.dependencies if name.startswith(_ADAPTERS)]
    if "@sveltejs/adapter-static" not in adapters:
        has = adapters[0] if adapters else "no adapter"
        draft.server("use @sveltejs/adapter-static", f"the project has {has}")
        return
    for name, config in configs:
        fallback = config.value_given_to("adapter", "fallback")
        draft.output(config.value_given_to("adapter", "pages"), f"pages of the adapter in {name}", "build")
        if isinstance(fallback, str) and fallback != "404.html":
            draft.says("routing", "spa", f"{name} has fallback: '{fallback}'")
        draft.base(config.value("kit", "paths", "base"), f"paths.base of {name}", "remove it")
