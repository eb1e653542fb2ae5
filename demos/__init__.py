"""The lecture decks' worked examples, one file each; `python -m demos` lists them."""
