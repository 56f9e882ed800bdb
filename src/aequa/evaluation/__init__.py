"""How good labels are: measures, labelled texts, figures and their tables, for any model."""
