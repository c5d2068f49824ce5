"""A message that the specification of Standard Webhooks signs with a public key, and what it is signed with."""

from __future__ import annotations

# The vector of the Svix server's test_asymmetric_key_signing, whose signature is the specification's example.
KEY = "whpk_1SiA4o9hyqTCpIqC5V9HUakiiaeACeqfZTInDBbOir4="
BODY, AT = b'{"test": 2432232314}', 1614265330
SIGNATURE = "v1a,hnO3f9T8Ytu9HwrXslvumlUpqtNVqkhqw/enGzPCXe5BdqzCInXqYXFymVJaA7AZdpXwVLPo3mNl8EM+m7TBAg=="
