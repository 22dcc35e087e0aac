"""What may enter a skill: a policy of kinds of content, and the patterns that find them."""
