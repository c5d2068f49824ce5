"""The whole system on one machine, without an account: an emulated AWS, an edge in front of it, and who uses both."""

from instant_hosting.shipped import put_first

put_first()
