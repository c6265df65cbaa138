"""What a search keeps on disk, and which trial comes next; it trains nothing itself."""
