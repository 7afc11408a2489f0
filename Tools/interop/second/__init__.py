"""A second client, written from Protocol/ alone, on libraries that share nothing with the first."""
