"""What a notebook is; knows no course."""
