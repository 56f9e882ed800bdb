"""Files to panels: one reader per layout, all giving a ``PanelRead`` with balanced books."""
