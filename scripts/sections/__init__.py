"""The page of results, one file for each recipe: `asked(record)`, its lines, and `section(records)`, its Markdown."""
