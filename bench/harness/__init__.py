"""What the commands of bench/ are made of: processes, peers, load, sections, report."""
