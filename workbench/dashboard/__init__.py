"""The dashboard's page without a stack behind it: every state that it can show, served, tried and photographed."""
