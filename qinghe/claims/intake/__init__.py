"""From a file to checked rows: read, map columns, check values. Writes nothing."""
