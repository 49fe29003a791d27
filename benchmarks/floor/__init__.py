"""The floor: the least Django that does a comparable thing, for a ratio that holds on any machine.

One page of thirty rows from one query, through a template with dates and truncation, behind Django's eight usual
middlewares; served in the same shape and from the same kind of database as Tavolo. And the least way to a place: a
form, a guarded UPDATE and an INSERT, a redirect and a page.
"""
