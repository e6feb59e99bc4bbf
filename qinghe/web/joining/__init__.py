"""Pages of those who apply: the door, the parts of an application, where they stand, the exam."""
