"""The straight line on a Spark cluster: the same steps as ``pipeline.py``, over partitions."""
