"""Use cases, one a file: what each command and each public function does, from inputs to result."""
