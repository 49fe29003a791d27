"""Thirty talks."""

from django.db import models


class Talk(models.Model):
    title = models.CharField(max_length=120)
    speaker = models.CharField(max_length=80)
    abstract = models.TextField()
    starts_at = models.DateTimeField()

    class Meta:
        app_label = "floor"
        ordering = ["starts_at"]

    def __str__(self) -> str:
        return self.title
