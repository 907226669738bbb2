"""Lead a class from `submitted/` to the gradebook."""
