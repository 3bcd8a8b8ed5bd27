#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Holds docs/compliance.tsv to its word: compliance.py --write | --check | --results FOLDER [--at-least PERCENT]

docs/compliance.tsv has one line for each requirement of the protocol: number, level, side, revisions, requirement,
state, proof and reason, with tabs between them. A state is `done`, `planned` or `not-applicable`; a done row has a
proof, the others have a reason. A proof is a list, separated by commas, of

    someFact                       a Swift test function of that name; `Suite.someFact` where several suites have one
    transcript FOLDER/NAME         a conversation below Tests/Transcripts, which the tests replay
    interop MODULE.some_fact       a fact of Tests/Interop/MODULE.py

--write makes docs/compliance.md of it. --check sees that this is current and that every test that is named exists.
--results reads what `make test` kept of its output (unit.log, end-to-end.log, interop.log) and fails when a row marked
done has no test that ran and passed, or one that failed; with --at-least also when too few of the applicable rows are
proven.
"""

import argparse
import collections
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).parent.parent
TABLE = ROOT / "docs" / "compliance.tsv"
PAGE = ROOT / "docs" / "compliance.md"
STATES = ("done", "planned", "not-applicable")
LEVELS = {"M": "must", "MN": "must not", "S": "should", "SN": "should not", "Y": "may", "-": "", "[ours]": "ours"}
SIDES = {"S": "server", "C": "client", "B": "both", "G": "gateway", "-": ""}
# A transcript ran when these did, over every transport it is for; those of the example server have replays of their own.
REPLAYS = ("theServerSaysWhatIsWrittenOverAChannel", "theServerSaysWhatIsWrittenOverHTTP")
EVERYTHING = ("everythingServerSaysWhatIsWrittenOverStdio", "everythingServerSaysWhatIsWrittenOverHTTP")

SUITE = re.compile(r"(?:@\w+(?:\(.*\))? )*(?:private |fileprivate )?(?:struct|class|enum|extension) (\w+)")
ENDED = re.compile(r'Test "?(\w+)\(.*?\)"?(?: with \d+ test cases?)? (passed|failed) after')
SKIPPED = re.compile(r'Test "?(\w+)\(.*?\)"? skipped')
FACT = re.compile(r"^(ok|FAIL|skip) +(.+?) · .* · ([^:\n]+)", re.M)
OUTCOMES = {"ok": "passed", "FAIL": "failed", "skip": "skipped"}

Row = collections.namedtuple("Row", "number level side revisions requirement state proof reason")


def read():
    """The sections of the table as [(title, rows)], and the faults of its form."""
    sections, faults, seen = [], [], set()
    for line, text in enumerate(TABLE.read_text().splitlines(), 1):
        if text.startswith("## "):
            sections.append((text[3:], []))
        elif text and not text.startswith("#"):
            cells = text.split("\t")
            if len(cells) != len(Row._fields):
                faults.append(f"line {line}: {len(cells)} cells, expected {len(Row._fields)}")
                continue
            row = Row(*cells)
            row = row._replace(proof=[name for name in re.split(r", *", row.proof) if name])
            if row.number in seen:
                faults.append(f"{row.number}: is there twice")
            seen.add(row.number)
            if row.state not in STATES:
                faults.append(f"{row.number}: the state is one of {', '.join(STATES)}, not {row.state!r}")
            if row.state == "done" and not row.proof:
                faults.append(f"{row.number}: done, but nothing proves it")
            if row.state != "done" and not row.reason:
                faults.append(f"{row.number}: {row.state}, but no reason is given")
            sections[-1][1].append(row)
    return sections, faults


class Sources:
    """The tests there are."""

    def __init__(self):
        self.suites = collections.defaultdict(set)  # function → suites
        for path in (ROOT / "Tests").rglob("*.swift"):
            self.scan(path.read_text())
        self.facts = {}  # module → functions
        self.titles = {}  # module → what its lines begin with, as a pattern
        for path in (ROOT / "Tests" / "Interop").glob("*.py"):
            text = path.read_text()
            self.facts[path.stem] = set(re.findall(r"^\s*(?:async )?def (\w+)\(", text, re.M))
            title = re.search(r'Report\(f?"([^"]*)"\)', text)
            self.titles[path.stem] = ".*".join(map(re.escape, re.split(r"\{.*?\}", title[1]))) if title else ".*"

    def scan(self, text):
        suite, is_test = "", False
        for line in text.splitlines():
            if match := SUITE.match(line):
                suite = match[1]
            if re.match(r"\s*@Test\b", line):
                is_test = True
            if is_test and (match := re.search(r"\bfunc (\w+)\b", line)):
                self.suites[match[1]].add(suite)
                is_test = False

    def fault(self, name):
        """Why `name` is no test, or None."""
        kind, _, rest = name.partition(" ")
        if kind == "transcript":
            return None if (ROOT / "Tests" / "Transcripts" / f"{rest}.txt").is_file() else "no such transcript"
        if kind == "interop":
            module, _, fact = rest.partition(".")
            return None if fact in self.facts.get(module, ()) else f"no such fact in Tests/Interop/{module}.py"
        suite, _, function = name.rpartition(".")
        suites = self.suites.get(function, set())
        if not suites or (suite and suite not in suites):
            return "no such test"
        if not suite and len(suites) > 1:
            return f"is in {' and '.join(sorted(suites))}: say which"
        return None


class Results:
    """What ran, and how it ended."""

    def __init__(self, folder, sources):
        self.sources = sources
        self.outcomes = collections.defaultdict(set)  # function → outcomes
        self.facts = []  # outcome, title, fact
        for name in ("unit.log", "end-to-end.log"):
            log = folder / name
            if log.is_file():
                self.swift(log.read_text(errors="replace"))
        log = folder / "interop.log"
        if log.is_file():
            for outcome, title, fact in FACT.findall(log.read_text(errors="replace")):
                self.facts.append((OUTCOMES[outcome], title, fact.strip().replace(" ", "_")))

    def swift(self, text):
        for function, outcome in ENDED.findall(text):
            self.outcomes[function].add(outcome)
        for function in SKIPPED.findall(text):
            self.outcomes[function].add("skipped")

    def of(self, name):
        """`passed`, `failed`, `skipped` or `did not run`."""
        kind, _, rest = name.partition(" ")
        if kind == "transcript":
            replays = EVERYTHING if rest.startswith("everything/") else REPLAYS
            found = set().union(*(self.outcomes[replay] for replay in replays))
        elif kind == "interop":
            module, _, wanted = rest.partition(".")
            title = self.sources.titles.get(module, ".*")
            found = {outcome for outcome, said, fact in self.facts if fact == wanted and re.fullmatch(title, said)}
        else:
            found = self.outcomes[name.rpartition(".")[2]]
        return next((outcome for outcome in ("failed", "passed", "skipped") if outcome in found), "did not run")


def page(sections):
    """docs/compliance.md."""
    lines = [
        "# Compliance",
        "",
        "<!-- Made from compliance.tsv by scripts/compliance.py --write: change that, not this. -->",
        "",
        "Each requirement of the Model Context Protocol, in its five revisions, and the tests that prove it is met. `make",
        "compliance` runs them and fails when a row says done and no test of it ran and passed.",
        "",
        "Revisions: A 2024-11-05, B 2025-03-26, C 2025-06-18, D 2025-11-25, E 2026-07-28. The wording is ours: [ours]",
        "marks what the specification leaves to us, [conv] what is custom.",
        "",
        "| Section | done | planned | not applicable | of the applicable |",
        "|---|---:|---:|---:|---:|",
    ]
    total = collections.Counter()
    for title, rows in sections:
        counts = collections.Counter(row.state for row in rows)
        total += counts
        lines.append(f"| {title} | {figures(counts)} |")
    lines += [f"| **all** | {figures(total)} |", ""]
    for title, rows in sections:
        lines += [f"## {title}", "", "| # | | side | revisions | requirement | proof, or why not |"]
        lines.append("|---|---|---|---|---|---|")
        for row in rows:
            said = ", ".join(f"`{name}`" for name in row.proof)
            if row.state != "done":
                said = f"{row.state.replace('-', ' ')}: {row.reason}"
            elif row.reason:
                said += f". {row.reason}"
            level = "/".join(LEVELS.get(level, level) for level in row.level.split("/"))
            side = ", ".join(SIDES.get(side, side) for side in re.split(r"[,/]", row.side))
            requirement = row.requirement.replace("|", "\\|")
            said = said.replace("|", "\\|")
            lines.append(f"| {row.number} | {level} | {side} | {row.revisions} | {requirement} | {said} |")
        lines.append("")
    return "\n".join(lines)


def figures(counts):
    applicable = counts["done"] + counts["planned"]
    share = f"{100 * counts['done'] / applicable:.0f} %" if applicable else "–"
    return f"{counts['done']} | {counts['planned']} | {counts['not-applicable']} | {share}"


def check(sections, sources, faults):
    """The faults a script can see without running anything."""
    for _, rows in sections:
        for row in rows:
            faults += [f"{row.number}: {name}: {fault}" for name in row.proof if (fault := sources.fault(name))]
    if not PAGE.is_file() or PAGE.read_text() != page(sections):
        faults.append("docs/compliance.md is not what compliance.tsv says; run: scripts/compliance.py --write")
    return faults


def prove(sections, sources, folder):
    """Prints the coverage; returns the faults and the share of the applicable rows that is proven."""
    results, faults = Results(folder, sources), []
    proven_in_all = applicable_in_all = 0
    for title, rows in sections:
        proven = 0
        for row in rows:
            if row.state != "done":
                continue
            outcomes = {name: results.of(name) for name in row.proof}
            bad = [f"{name} failed" for name, outcome in outcomes.items() if outcome == "failed"]
            if bad:
                faults.append(f"{row.number}: {'; '.join(bad)}")
            elif "passed" not in outcomes.values():
                faults.append(f"{row.number}: " + "; ".join(f"{name} {outcome}" for name, outcome in outcomes.items()))
            else:
                proven += 1
        applicable = sum(row.state != "not-applicable" for row in rows)
        planned = sum(row.state == "planned" for row in rows)
        proven_in_all += proven
        applicable_in_all += applicable
        print(f"{proven:4} of {applicable:3} proven, {planned:2} planned  {title}")
    reasons = collections.Counter(row.reason for _, rows in sections for row in rows if row.state == "planned")
    for reason, count in reasons.most_common():
        print(f"{count:4} planned: {reason}")
    share = 100 * proven_in_all / max(applicable_in_all, 1)
    print(f"{proven_in_all:4} of {applicable_in_all:3} applicable requirements are proven: {share:.1f} %")
    return faults, share


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--results", type=pathlib.Path, metavar="FOLDER")
    parser.add_argument("--at-least", type=float, default=0, metavar="PERCENT")
    arguments = parser.parse_args()

    sections, faults = read()
    if arguments.write and not faults:
        PAGE.write_text(page(sections))
    sources = Sources()
    faults = check(sections, sources, faults)
    if arguments.results:
        unproven, share = prove(sections, sources, arguments.results)
        faults += unproven
        if share < arguments.at_least:
            faults.append(f"{share:.1f} % of the applicable requirements are proven, {arguments.at_least} % are wanted")
    for fault in faults:
        print(f"compliance: {fault}", file=sys.stderr)
    counts = collections.Counter(row.state for _, rows in sections for row in rows)
    print("compliance: " + ", ".join(f"{counts[state]} {state}" for state in STATES))
    sys.exit(1 if faults else 0)


if __name__ == "__main__":
    main()
