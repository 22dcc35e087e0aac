"""Eval sets in other formats as tasks of a validation set: one module a format, all of it pure."""
