"""The messages of agent frameworks as answers with traces; none of the frameworks is imported."""
