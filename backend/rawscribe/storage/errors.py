"""What can go wrong in storage, in the app's words."""


class StorageError(Exception):
    """S3 refused or did not answer; the text is its error code, free of names and values."""


class StorageConflictError(StorageError):
    """A conditional write lost: the object is not in the state the caller saw."""
