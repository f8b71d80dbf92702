"""mtcute 0.28.2 (npm, layer 223) against ledgram-sim. Its DCs and keys are set by its own API."""

import unittest

import foreign


class MtcuteJudge(foreign.JudgeTests, foreign.BotTests, unittest.TestCase):
    command = ("node", foreign.HERE / "mtcute_judge.mjs")
    needs = (foreign.JUDGES / "node_modules/@mtcute/node/package.json",)
    transports = ("intermediate", "padded", "obfuscated intermediate", "obfuscated padded", "mtproxy", "mtproxy dd")


if __name__ == "__main__":
    unittest.main(verbosity=2)
