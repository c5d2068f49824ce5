"""The ports that people's pages have unless they say another one: in a bookmark they stay what they are."""

SITE, DASHBOARD = 8321, 8322
