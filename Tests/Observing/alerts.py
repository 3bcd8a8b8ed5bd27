# SPDX-License-Identifier: Apache-2.0
"""Whether the alerts of deploy/alerting fire when something is wrong, on what a real server shows: alerts.py MCPCTL

A server is scraped before, while and after a fault is provoked. `promtool test rules` gets those scrapes, a minute apart, and
says which alerts fire when: time is all that is made up.
"""

import json
import pathlib
import re
import subprocess
import sys
import tempfile

from harness import Report, equal, expect
from watched import DEPLOY, Server, samples, serving

TARGET = {"job": "mcp-service", "instance": "127.0.0.1:8080"}
RULES = DEPLOY / "alerting" / "rules.yml"


def scrape(server):
    """What Prometheus would have of the server now: its series with the labels of the target, and whether it is up."""
    target = ",".join(f'{name}="{value}"' for name, value in TARGET.items())
    try:
        found = samples(server.metrics())
    except OSError:
        return {f"up{{{target}}}": 0.0}
    series = {f"up{{{target}}}": 1.0}
    for name, value in found.items():
        series[f"{name[:-1]},{target}}}" if name.endswith("}") else f"{name}{{{target}}}"] = value
    return series


def rules_without_prose():
    """The rules without their annotations, which are for people; `promtool check rules` has read those."""
    return re.sub(r"\n +annotations:(\n {10,}.*)+", "", RULES.read_text())


def check(scrapes, expected):
    """Holds the rules against scrapes a minute apart. `expected`: minute, alert, and the labels it fires with; None is none."""
    names = sorted({name for scrape in scrapes for name in scrape})
    test = {
        "rule_files": ["rules.yml"],
        "evaluation_interval": "1m",
        "tests": [{
            "interval": "1m",
            "input_series": [
                {"series": name,
                 "values": " ".join("_" if scrape.get(name) is None else repr(scrape[name]) for scrape in scrapes)}
                for name in names],
            "alert_rule_test": [
                {"eval_time": f"{minute}m", "alertname": alert,
                 "exp_alerts": [] if labels is None else [{"exp_labels": labels}]}
                for minute, alert, labels in expected],
        }],
    }
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder) / "test.json"
        path.write_text(json.dumps(test))  # JSON is YAML
        (pathlib.Path(folder) / "rules.yml").write_text(rules_without_prose())
        run = subprocess.run(["promtool", "test", "rules", path], capture_output=True, text=True, timeout=60)
    return run.returncode, run.stdout + run.stderr


def holds(scrapes, expected):
    code, said = check(scrapes, expected)
    equal(code, 0, f"promtool test rules: {said}")


def rules_and_scrape_configuration_are_sound(mcpctl):
    for kind, path in [("rules", RULES), ("config", DEPLOY / "monitoring" / "prometheus.yml")]:
        run = subprocess.run(["promtool", "check", kind, path], capture_output=True, text=True, timeout=30)
        equal(run.returncode, 0, f"promtool check {kind}: {run.stdout}{run.stderr}")


def a_service_that_is_gone_is_down_after_a_minute(mcpctl):
    server = Server(mcpctl)
    try:
        healthy = scrape(server)
    finally:
        server.end()
    gone = scrape(server)
    equal(set(gone.values()), {0.0}, "a scrape of a server that was stopped")
    fired = {**TARGET, "severity": "critical"}
    holds([healthy, healthy, gone, gone, gone], [
        (1, "MCPServiceDown", None), (2, "MCPServiceDown", None), (3, "MCPServiceDown", fired), (4, "MCPServiceDown", fired)])


def tools_that_fail_are_told_of_after_two_minutes(mcpctl):
    with serving(mcpctl) as server:
        before = scrape(server)
        for _ in range(40):
            equal(server.call("calculator", "operation=divide", "a=1", "b=0").returncode, 3, "exit code")
        after = scrape(server)
    fired = {**TARGET, "severity": "warning", "status": "error", "tool_name": "calculator"}
    holds([before, before, after, after, after, after], [
        (1, "MCPHighErrorRate", None), (3, "MCPHighErrorRate", None), (4, "MCPHighErrorRate", fired),
        (5, "MCPHighLatency", None)])


def slow_tools_are_told_of_after_five_minutes(mcpctl):
    with serving(mcpctl) as server:
        scrapes = [scrape(server)]
        for _ in range(2):
            equal(server.call("sleep", "seconds=1.2").returncode, 0, "exit code")
            scrapes += [scrape(server)] * 4
    fired = {**TARGET, "severity": "warning", "status": "success", "tool_name": "sleep"}
    holds(scrapes, [(1, "MCPHighLatency", None), (5, "MCPHighLatency", None), (7, "MCPHighLatency", fired),
                    (7, "MCPHighErrorRate", None)])


def a_healthy_service_raises_no_alarm(mcpctl):
    with serving(mcpctl) as server:
        scrapes = []
        for _ in range(12):
            for _ in range(3):
                server.call("calculator", "a=1", "b=2")
            scrapes.append(scrape(server))
    alerts = ["MCPServiceDown", "MCPHighErrorRate", "MCPHighLatency", "MCPEventLoopStalled", "MCPSessionsNearLimit",
              "MCPReloadFailed"]
    holds(scrapes, [(11, alert, None) for alert in alerts])


def the_test_notices_an_alert_that_does_not_fire(mcpctl):
    with serving(mcpctl) as server:
        healthy = scrape(server)
    code, _ = check([healthy] * 4, [(3, "MCPServiceDown", {**TARGET, "severity": "critical"})])
    expect(code != 0, "promtool is content with an alert that did not fire")


def main():
    report = Report("alerts")
    for fact in [
        rules_and_scrape_configuration_are_sound, a_service_that_is_gone_is_down_after_a_minute,
        tools_that_fail_are_told_of_after_two_minutes, slow_tools_are_told_of_after_five_minutes,
        a_healthy_service_raises_no_alarm, the_test_notices_an_alert_that_does_not_fire,
    ]:
        report.run("prometheus", fact, sys.argv[1])
    sys.exit(report.finish())


main()
