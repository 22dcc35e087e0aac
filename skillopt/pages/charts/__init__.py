"""Charts as inline SVG, drawn by matplotlib: the same data gives the same bytes.

They hold no foreign text, no styles and no scripts; colours are variables of the page.
"""
