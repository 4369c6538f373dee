"""Choosing a panel by lot: the fairest chances that the quotas allow, proved; the panels that give them; reserves.

`question` what is asked · `shape` people who are alike taken as one · `fairest` the chances and the panels behind
them · `thousand` equally likely panels for the public draw · `proof` what anybody can check · `relax` quotas nobody
can meet.
"""
