"""One file a question; the catalogue is found by walking this folder."""
