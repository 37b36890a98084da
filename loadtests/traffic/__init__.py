"""What the user classes and the generator of load share: base data, checks of answers, and how a load is measured."""
