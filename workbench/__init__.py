"""What tests, benchmarks and the writers of pages share: sites to deploy, doubles of AWS, readers of templates.

Nothing that ships imports it, and it imports no test: so nobody imports a test.
"""

from pathlib import Path

from instant_hosting.shipped import put_first

put_first()

ROOT = Path(__file__).resolve().parent.parent  # of the checkout
