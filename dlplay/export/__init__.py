"""What a learner takes away: code, model files, a card, the record elsewhere."""
