"""Source notebook → what students get."""
