"""What tests ask the progressive app in a page: what it shows, what its service worker keeps."""

from __future__ import annotations

import re

from playwright.sync_api import Page

SHOWN = """async () => {
  const text = (id) => document.getElementById(id).textContent;
  const shown = () => text('fetched') && text('version');
  for (let i = 0; i < 100 && !shown(); i++) await new Promise((wake) => setTimeout(wake, 20));
  return [document.querySelector('meta[name=version]').content, text('version'), text('fetched'),
    getComputedStyle(document.documentElement).getPropertyValue('--version').replace(/"/g, '')];
}"""
KEPT = """async () => {
  const found = [];
  for (const name of await caches.keys()) {
    if (!/precache|:assets:app:cache/.test(name)) continue;
    const cache = await caches.open(name);
    for (const request of await cache.keys())
      found.push([name, new URL(request.url).pathname, (await (await cache.match(request))?.text()) ?? '']);
  }
  return found;
}"""
WATCH_UPDATE = """async () => {
  const registration = await navigator.serviceWorker.ready;
  window.updated = new Promise((done) => registration.addEventListener('updatefound', () => {
    const worker = registration.installing;
    worker.addEventListener('statechange', () => /activated|redundant/.test(worker.state) && done(worker.state));
  }));
  registration.update();
}"""
READY = """async () => {
  const registration = await navigator.serviceWorker.ready;
  return registration.active.state === 'activated' && Boolean(navigator.serviceWorker.controller);
}"""


def kept(page: Page) -> dict[str, set[str]]:
    """The versions of the files in each cache of a service worker."""
    found: dict[str, set[str]] = {}
    for cache, path, text in page.evaluate(KEPT):
        versions = set(re.findall(r"(?<![a-z])(one|two|three)(?![a-z])", text))
        assert len(versions) <= 1, (path, versions)
        found.setdefault(cache, set()).update(versions)
    return found
