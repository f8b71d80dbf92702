"""Pyrofork 2.3.69 (PyPI, a Pyrogram fork, layer 220) against ledgram-sim."""

import unittest

import foreign


class PyroforkJudge(foreign.JudgeTests, foreign.BotTests, unittest.TestCase):
    command = (foreign.PYTHON, foreign.HERE / "pyrofork_judge.py")
    needs = (foreign.PYTHON,)
    transports = ("abridged", "intermediate", "full", "obfuscated abridged", "obfuscated intermediate")


if __name__ == "__main__":
    unittest.main(verbosity=2)
