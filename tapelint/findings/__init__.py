"""What a run found, read off its tapes: cuts, problems, conditions, singular points; as the views that rules see."""
