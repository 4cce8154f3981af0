"""The documents' questions, asked again: the sample must still give the answers that stand there.

A question is a line `$ pdns ...` or `$ ask ...` in one of a document's console blocks, its answer the
lines below it up to the next line that starts with `$` or to the end of the block.
"""

import difflib
import pathlib
import re
import tempfile
import unittest

from harness import PROJECT, SAMPLE, ZONEGEN, Responder, installed, run

DOCUMENTS = (PROJECT / "README.md", PROJECT / "storage" / "query" / "QUERIES.md")


def questions(document):
    """Each (command line, [answer line]) that the document shows."""
    found = []
    for block in re.findall(r"^```console\n(.*?)^```$", document.read_text(),
                            re.MULTILINE | re.DOTALL):
        for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
            command, *answer = part.rstrip("\n").split("\n")
            if command.startswith(("pdns ", "ask ")):
                found.append((command, answer))
    return found


class ReadmeTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        folder = cls.enterClassContext(tempfile.TemporaryDirectory(prefix="dnshist readme "))
        store = pathlib.Path(folder) / "store"
        cls.imported = run(ZONEGEN, "--store", store, "import", SAMPLE)
        cls.responder = cls.enterClassContext(Responder(store))

    def test_sample_is_imported_whole(self):
        self.assertEqual(self.imported.returncode, 0, self.imported.stderr)
        self.assertIn(" 0 rejected", self.imported.stderr)

    def test_links(self):
        for document in (*PROJECT.glob("*.md"), *DOCUMENTS, SAMPLE.parent / "README.md"):
            for link in re.findall(r"\]\((?!https?:)([^)#]+)\)", document.read_text()):
                with self.subTest(f"{document.name}: {link}"):
                    self.assertTrue((document.parent / link).exists())

    def test_each_word_of_the_language_is_in_its_manual(self):
        vocabulary = (PROJECT / "storage" / "query" / "vocabulary.cpp").read_text()
        views = re.findall(r'ViewWord\{\s*"([a-z]+)"', vocabulary)
        filters = re.findall(r'FilterWord\{\s*"[a-z-]+",\s*"([A-Za-z-]+)"', vocabulary)
        sorts = re.findall(r'SortWord\{\s*"([a-z]+)"', vocabulary)
        self.assertGreater(min(len(views), len(filters), len(sorts)), 5)
        manual = DOCUMENTS[1].read_text()
        words = [rf"^### {view}: " for view in views] + [rf"`sort-{word}`" for word in sorts]
        # sort-X and by-X are there with each of their values.
        words += [rf"`{usage}`" for usage in filters if usage not in ("sort-X", "by-X")]
        for word in (*words, "`by-month`, `by-year`", "`mailbox-N`"):
            with self.subTest(word):
                self.assertRegex(manual, re.compile(word, re.MULTILINE))

    def test_questions(self):
        installed("dig")
        dig = f'ask() {{ dig @127.0.0.2 -p {self.responder.port} +short "$@"; }}; '
        dig += 'pdns() { ask TXT "$@"; }; '
        for document in DOCUMENTS:
            asked = questions(document)
            self.assertGreaterEqual(len(asked), 10)
            for command, expected in asked:
                with self.subTest(f"{document.name}: {command}"):
                    self.check(dig + command, expected, document.name)

    def check(self, command, expected, name):
        told = run("bash", "-c", command)
        self.assertEqual(told.returncode, 0, told.stderr)
        self.assertEqual(told.stdout.splitlines(), expected, "\n" + "\n".join(
            difflib.unified_diff(expected, told.stdout.splitlines(), name, "dig", lineterm="")))
