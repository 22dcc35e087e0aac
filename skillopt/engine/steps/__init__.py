"""Verbs: async, one public function a file; a step's prompt lies beside it as a .md file."""
