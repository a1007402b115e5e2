"""The one extension of this book. `score` has every step of a build, in its order."""


def setup(app):
    from _ext.publish import swap

    # First, because it ends a build that has nothing to do before anything else is loaded.
    swap.start(app)
    from _ext import sphinx_patches

    # Before MyST-NB loads what this book does not use.
    sphinx_patches.leave_out_unused_clients()
    from _ext import score

    score.take_part(app)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
