"""What a marketplace's codes mean to this installation."""
