"""Export file formats, one module per format."""
