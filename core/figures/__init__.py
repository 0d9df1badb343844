"""What a report shows: histograms of the pairs, figures of them, as SVG and as one page of HTML.

Takes the chunks of a pass and a result, and gives figures with their tables, and text. Imports
numerics, pairing, tallies, backends, results.
"""
