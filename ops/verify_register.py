"""Check an exported register with Python alone: no product, no database, no keys.

    python verify_register.py REGISTER.jsonl [--disclose PROOF.json]

REGISTER.jsonl is written by ``manage.py verify_register --export``. Printed per office: the chains of lines and
of corrections are intact, or the first bad one; status 1 if anything is wrong, 2 if the file cannot be read. With
--disclose it also checks that the personal data in PROOF.json are those the line was written with.
"""

import argparse
import hashlib
import hmac
import json
import sys
from collections.abc import Iterable

GENESIS = "0" * 64
NUMBERED_BY = {"line": "number", "correction": "seq"}
COUNTED_BY = {"line": ("lines", "head"), "correction": ("corrections", "correction_head")}


def canonical(value: object) -> bytes:
    """JSON in one spelling: sorted keys, no spaces, UTF-8."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False).encode()


def digest(prev: str, public: dict) -> str:
    """The digest of one entry: the one before it and its public fields."""
    return hashlib.sha256(canonical([1, prev, public])).hexdigest()


class Chain:
    """One chain of one office while it is read: the first fault ends the search in it."""

    def __init__(self, kind: str, header: dict) -> None:
        self.kind, self.office = kind, header["office"]
        count, head = COUNTED_BY[kind]
        self.last, self.head = header[count], header[head]
        self.before, self.expected = GENESIS, 1
        self.fault: str | None = None

    def add(self, entry: dict) -> None:
        """Check one entry against the one before it."""
        number = entry["public"][NUMBERED_BY[self.kind]]
        if self.fault:
            return
        if number != self.expected:
            self.fault = f"{self.kind} {self.expected} is missing"
        elif entry["public"]["office"] != self.office:
            self.fault = f"{self.kind} {number} is another office's"
        elif entry["prev"] != self.before:
            self.fault = f"{self.kind} {number} does not follow the one before it"
        elif digest(entry["prev"], entry["public"]) != entry["digest"]:
            self.fault = f"{self.kind} {number} was altered"
        self.before, self.expected = entry["digest"], self.expected + 1

    def close(self) -> str | None:
        """Check the end of the chain against the counter; the first fault or None."""
        written = self.expected - 1
        if not self.fault and written != self.last:
            self.fault = (
                f"{self.kind} {self.expected} is missing"
                if written < self.last
                else (f"{self.kind} {self.last + 1} is beyond the counter")
            )
        if not self.fault and self.before != self.head:
            self.fault = f"{self.kind} {self.last} is not the last one written"
        return self.fault


def check(file: Iterable[str], proof: dict | None = None) -> tuple[list[str], bool]:
    """(words per office, is everything intact) of an export, read line by line; ``proof`` is checked on the way."""
    offices: dict[int, dict[str, Chain]] = {}
    proven: bool | None = None
    for text in file:
        entry = json.loads(text)
        if entry["type"] == "register":
            if entry["format"] != 1:
                raise ValueError(f"format {entry['format']} is not known")
            offices[entry["office"]] = {kind: Chain(kind, entry) for kind in NUMBERED_BY}
            continue
        public = entry["public"]
        offices[public["office"]][entry["type"]].add(entry)
        if (
            proof
            and entry["type"] == "line"
            and (public["office"], public["number"]) == (proof["office"], proof["number"])
        ):
            proven = matches(proof["details"], public["commit"])
    words, good = summed_up(offices)
    if proof:
        good = good and bool(proven)
        told = {
            None: "is not in the register",
            True: "says what was disclosed",
            False: "DOES NOT say what was disclosed",
        }
        words.append(f"Line {proof['number']} of office {proof['office']} {told[proven]}")
    return words, good


def summed_up(offices: dict) -> tuple[list[str], bool]:
    """(words per office, is everything intact) once every entry was read."""
    words, good = [], True
    for office, chains in offices.items():
        faults = [fault for chain in chains.values() if (fault := chain.close())]
        good = good and not faults
        sizes = f"{chains['line'].last} lines, {chains['correction'].last} corrections"
        words.append(f"Office {office}: " + (f"NOT INTACT: {faults[0]}" if faults else f"intact, {sizes}"))
    return words, good


def matches(details: dict, commit: str) -> bool:
    """Whether disclosed personal data, with their random value ``r``, are what the line is committed to."""
    said = {field: text for field, text in details.items() if field != "r"}
    return hmac.compare_digest(
        hmac.new(bytes.fromhex(details["r"]), canonical(said), hashlib.sha256).hexdigest(), commit
    )


def main(arguments: list[str] | None = None) -> int:
    """Read, check, say, and return the exit status."""
    parser = argparse.ArgumentParser(description="Check an exported register with Python alone.")
    parser.add_argument("register")
    parser.add_argument("--disclose", metavar="PROOF")
    options = parser.parse_args(arguments)
    try:
        proof = None
        if options.disclose:
            with open(options.disclose, encoding="utf-8") as file:
                proof = json.load(file)
        with open(options.register, encoding="utf-8") as file:
            words, good = check(file, proof)
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        print(f"The file cannot be read as a register: {type(error).__name__} {error}", file=sys.stderr)
        return 2
    print("\n".join(words))
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
