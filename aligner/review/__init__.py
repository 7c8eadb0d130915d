"""The local web editor: a person sees doubtful pairs first and puts them right; every action is stored at once."""
