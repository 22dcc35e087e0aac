"""The command line: options in, one call, the result to stdout, progress to stderr."""
