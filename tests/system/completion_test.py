"""contrib/completion: what bash completes, asked of bash itself."""

import re
import subprocess
import unittest

from dns_client import PATIENCE
from harness import PROJECT, RESPONDER, ZONEGEN

SCRIPT = PROJECT / "contrib" / "completion" / "dnshist"
ASK = """
. "$1"; shift
compopt() { :; }  # it works only while bash completes
function=$1; shift
COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1))
$function "$1"
printf '%s\\n' "${COMPREPLY[@]}"
"""


def completed(function, *words):
    done = subprocess.run(["bash", "-c", ASK, "-", SCRIPT, function, *map(str, words)],
                          capture_output=True, text=True, timeout=PATIENCE, check=True)
    assert done.stderr == "", done.stderr
    return done.stdout.split()


def programs(*words):
    return completed("_dnshist", *words)


def question(text):
    return completed("_dnshist_question", "ask", "TXT", text)


def rows(kind):
    text = (PROJECT / "storage" / "query" / "vocabulary.cpp").read_text(encoding="utf-8")
    return set(re.findall(kind + r'Word\{\s*"([a-z-]+)",\s*(?:View::\w+|"([^"]+)")', text))


class CompletionTest(unittest.TestCase):
    def test_commands_and_options_are_those_of_the_help(self):
        shown = subprocess.run([ZONEGEN, "--help"], capture_output=True, text=True, check=True).stdout
        commands = re.findall(r"^  ([a-z]+) ", shown.split("Subcommands:")[1], re.M)
        self.assertEqual(programs(ZONEGEN, ""), commands)
        self.assertEqual(programs(ZONEGEN, "--store", "x", "im"), ["import"])
        self.assertIn("--config", programs(ZONEGEN, "--"))
        self.assertEqual(programs(ZONEGEN, "--store", "x", "import", "--reject"), ["--reject-file"])
        self.assertIn("--listen", programs(RESPONDER, "--"))

    def test_values_of_options(self):
        self.assertEqual(programs(ZONEGEN, "export", "--format", ""), ["cof", "dnsdb", "zone", "past"])
        self.assertIn("whois-csv", programs(ZONEGEN, "import", "--format", "wh"))
        self.assertEqual(programs(ZONEGEN, "import", "--trust", "u"), ["unasked"])
        self.assertEqual(programs(ZONEGEN, "import", "--counts", ""), ["add", "max"])
        self.assertIn(str(SCRIPT), programs(ZONEGEN, "import", str(SCRIPT)[:-2]))

    def test_words_of_questions(self):
        self.assertEqual(question("summ"), ["summary."])
        self.assertEqual(question("after-2019.mx.pi"), ["after-2019.mx.pivot."])
        self.assertEqual(question("sort-d"), ["sort-data.", "sort-duration."])
        self.assertEqual(question("history.www.exa"), [])
        self.assertEqual(question("@127.0"), [])

    def test_every_word_of_the_language_is_known(self):
        offered = set(question(""))
        for word, _ in rows("View"):
            self.assertIn(word + ".", offered)
        for word, usage in rows("Filter"):
            self.assertIn(word + ("-" if usage != word else "."), offered)
        self.assertGreater(len(rows("Filter")), 20)


if __name__ == "__main__":
    unittest.main()
