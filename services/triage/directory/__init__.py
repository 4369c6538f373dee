"""The directory of help: what there is, for whom, where and when, how fresh that is, and finding it."""
