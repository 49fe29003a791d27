"""The REST interface of groups and notes; the tablets use it like anybody else."""
