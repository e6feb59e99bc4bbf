"""Pages of the information mode: directory, requests for quotation, introductions."""
