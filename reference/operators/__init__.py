"""Operators: one file per family, each in the order conventions, forward, cases, examples, bound, kinks, mistakes.

A mistake is the reference run on a case that is altered as a known fault alters the computation.
"""
