"""What the chapters import: tables, measures, findings, claims, facts, figures.

Data flow in one direction: tables know nothing of measures, measures nothing of findings, findings
nothing of claims, and none of them anything of chapters.
"""
