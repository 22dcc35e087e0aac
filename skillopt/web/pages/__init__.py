"""The pages, one module a subject; each has `ROUTES`."""
