"""The outside world of this room: a scanner for malware, and a child that reads PDF files."""
