"""Engines: where the parts of an evaluation run. They differ in that, never in what is run."""
