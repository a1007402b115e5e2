"""The error that stops a build."""


class ExtensionError(Exception):
    pass
