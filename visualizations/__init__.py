"""How it looks: scenes, styles, reports, workbooks and pictures."""
