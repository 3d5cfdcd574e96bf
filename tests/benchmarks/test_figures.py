import pytest

from benchmarks import __main__ as bench
from benchmarks.eval import __main__ as evaluation
from benchmarks.eval.score import Alerts, Metric, f1
from benchmarks.figures import Figure, share


def test_a_figure_is_the_median_round_against_its_floor_and_target() -> None:
    figure = Figure("b", "n", (3.0, 9.0, 1.0), "s", floor=1.5, at_most=2.0)
    assert (figure.value, figure.ratio, figure.met) == (3.0, 2.0, False)
    assert Figure("b", "n", (3.0,), "s").met is None
    assert Figure("b", "n", (3.0,), "s", at_least=3.0).met is True


@pytest.mark.parametrize(("part", "value"), [(0.5, 3.0), (0.95, 5.0), (1.0, 5.0), (0.0, 1.0)])
def test_a_share_is_a_value_that_was_measured(part: float, value: float) -> None:
    assert share([5.0, 1.0, 4.0, 2.0, 3.0], part) == value


def test_like_texts_score_one_and_unlike_ones_zero() -> None:
    assert f1("谨防 境外招聘\n骗局", "谨防境外招聘骗局") == 1.0
    assert f1("谨防境外招聘骗局", "今日天气晴朗多云") == 0.0
    assert 0 < f1("谨防境外招聘骗局", "谨防境外招聘陷阱") < 1


def test_a_metric_counts_right_ones_and_keeps_the_misses() -> None:
    metric = Metric("p", "n", at_least=0.9)
    metric.add("a.html", True)
    metric.add("b.html", False, "no date")
    assert (metric.value, metric.counts, metric.met) == (0.5, "1 of 2", False)
    assert metric.misses == [("b.html", "no date")]


def test_a_false_alarm_costs_precision_and_an_overlooked_warning_recall() -> None:
    alerts = Alerts("p", "alertable")
    for wanted, got in [(True, True), (True, False), (False, True), (False, False), (True, True)]:
        alerts.add("x", wanted, got)
    precision, recall = alerts.metrics()
    assert (precision.counts, recall.counts) == ("2 of 3", "2 of 3")


def test_without_tools_or_corpus_one_line_says_so(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: object
) -> None:
    monkeypatch.setattr(bench, "TOOLS", bench.Path(f"{tmp_path}/none"))
    monkeypatch.setattr("sys.argv", ["benchmarks"])
    assert bench.main() == 0
    assert evaluation.main([f"{tmp_path}/none"]) == 0
    said = capsys.readouterr().out.splitlines()
    assert [line.split(",")[0] for line in said] == ["bench: skipped", "eval: skipped"]
