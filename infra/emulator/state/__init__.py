"""What the local AWS knows, kept on disk so that a stop, a `kill -9` or a full disk loses nothing.

MiniStack saves only at a clean stop, one file after another. Here every saved state is one
manifest over content-addressed files, written by a forked child from a frozen copy of the
memory: it is there whole or not at all, and requests are served meanwhile.
"""
