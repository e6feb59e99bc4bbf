"""A ZIP of papers for many claims: opened safely, its names read, each told to a claim. Pure."""
