"""Face crops cut out of captures: append-only shards, an index, checksums."""
