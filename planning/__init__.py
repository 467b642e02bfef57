"""What could be done about the gaps: problems, rules, plans and their checker."""
