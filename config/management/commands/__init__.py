"""What `manage.py` can do beyond Django."""
