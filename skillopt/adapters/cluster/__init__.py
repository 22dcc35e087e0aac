"""Targets and checks in long-lived workers of a Ray cluster; the run itself stays where it is.

The program that runs keeps the loop, the gate, the ledger and the limits of spend: a call is
reserved here before it is sent out, so that no limit is passed wherever it is made.
"""
