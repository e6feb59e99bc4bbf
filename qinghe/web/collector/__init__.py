"""Pages of collectors: the hall, their orders, the case page, promises, earnings, quality."""
