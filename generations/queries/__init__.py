"""Lists of rows, as QuerySets or one page of them."""
