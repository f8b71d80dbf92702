"""gotd/td 0.142.0 (Go module proxy, layer 223) against ledgram-sim. Its DCs and keys are set by its own API."""

import unittest

import foreign

PROGRAM = foreign.JUDGES / "gotd-client"


class GotdJudge(foreign.JudgeTests, foreign.BotTests, unittest.TestCase):
    command = (PROGRAM,)
    learns_by_gap = True
    # It puts the edits and deletions of a channel's difference through the box that has the new pts already.
    reports_missed_changes = False
    transports = ("intermediate", "abridged", "padded", "full", "mtproxy", "mtproxy dd")

    @classmethod
    def setUpClass(cls):
        foreign.need_go(PROGRAM)
        super().setUpClass()


if __name__ == "__main__":
    unittest.main(verbosity=2)
