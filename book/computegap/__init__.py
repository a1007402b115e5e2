"""What the chapters import: tables, measures, claims, facts, figures.

Data flow in one direction: tables know nothing of measures, measures nothing of chapters.
"""
