"""In the place of Sphinx, for what book/_ext/run imports of it."""
