"""The Local Data Observatory: counts that can be shown because nobody can be found in them."""
