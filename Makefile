# One command each; CONTRIBUTING.md says what they are for.
PYTHON = .venv/bin/python

.PHONY: setup check generate test lint templates docs site bench backwards edges projects orders reference tour screenshots crawl starters oracles roundtrip interleavings hostile accidents compare lowest
setup: ; python3 -m venv .venv && $(PYTHON) -m pip install --quiet --editable '.[test]'
generate: ; $(PYTHON) -m generator > template.yaml
check: ; bash .ci/run
test: ; bash tests/run
lint: ; .venv/bin/ruff check . && .venv/bin/ruff format --check . && .venv/bin/mypy && $(PYTHON) -m workbench.lint
templates: ; for s in git zip direct; do \
  $(PYTHON) -m generator --source $$s --output templates/$$s.yaml && \
  $(PYTHON) -m generator --source $$s --with operations --output templates/$$s-operations.yaml && \
  $(PYTHON) -m generator --source $$s --packaging sam --output templates/$$s-sam.yaml || exit; done; \
  $(PYTHON) -m generator webhook --output templates/webhook.yaml
docs: ; for p in parameters cli; do $(PYTHON) -m workbench.pages.$$p > docs/$$p.md || exit; done; $(PYTHON) -m workbench.pages.pictures
site: ; NO_MKDOCS_2_WARNING=1 $(PYTHON) -m mkdocs build --quiet --strict
lowest: ; $(PYTHON) -m workbench.lowest
bench: ; for b in generate rules edge upload publish stages list objects local coldstart webhook; do $(PYTHON) -m bench.$$b || exit; done
backwards: ; bash tests/run -p workbench.backwards
edges: ; PAGES=1000 SWITCHES=50 LAG=2 $(PYTHON) -m pytest -s tests/browser/test_two_edges.py
projects: ; COMMITS=all $(PYTHON) -m pytest tests/system/test_commit_becomes_a_page.py
orders: ; ORDERS=all $(PYTHON) -m pytest -s -p no:xdist tests/pruner/test_prune_orders.py
reference: ; REQUESTS=$${REQUESTS:-300000} $(PYTHON) -m pytest -s -p no:xdist tests/edge/test_reference.py -k documents
starters: ; PYTHONPATH=lambda $(PYTHON) -m workbench.starters $(STARTERS)
crawl: ; $(PYTHON) -m workbench.crawl $(SITES)
oracles: ; PYTHONPATH=lambda:codebuild $(PYTHON) -m tests.compiler.oracles $(if $(SEED),--seed $(SEED)) && \
  PYTHONPATH=lambda:codebuild $(PYTHON) -m tests.deployments.oracles $(if $(SEED),--seed $(SEED))
roundtrip: ; PYTHONPATH=lambda:codebuild $(PYTHON) -m tests.compiler.round_trip $(if $(SEED),--seed $(SEED))
interleavings: ; PYTHONPATH=lambda:codebuild $(PYTHON) -m tests.interleavings $(if $(SEED),--seed $(SEED))
hostile: ; PYTHONPATH=lambda:codebuild $(PYTHON) -m tests.uploader.hostile $(if $(SEED),--seed $(SEED))
accidents: ; PYTHONPATH=lambda:codebuild $(PYTHON) -m tests.uploader.accidents $(if $(SEED),--seed $(SEED))
tour: ; $(PYTHON) -m workbench.pages.tour docs/tour.png && $(PYTHON) -m workbench.dashboard.pictures docs/dashboard.png
screenshots: ; $(PYTHON) -m workbench.dashboard.pictures build/dashboard
compare: ; $(PYTHON) -m workbench.compare $(or $(REVISION),$(error say with what: make compare REVISION=main))
