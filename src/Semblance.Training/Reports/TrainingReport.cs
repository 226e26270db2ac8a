using System.Globalization;
using System.Net;
using System.Text;
using Semblance.Files;

namespace Semblance.Training;

/// <summary>
/// Writes a report of a training: results, curves, data, settings and environment, as one self-contained HTML file without network access;
/// only the
/// readouts of the curves need its script.
/// </summary>
public static class TrainingReport
{
    /// <summary>The name of the file.</summary>
    public const string FileName = "report.html";

    /// <summary>Writes the report into a folder from the log in that folder.</summary>
    /// <param name="folder">The folder of the training, with a <see cref="TrainingLog"/>.</param>
    /// <param name="summary">The summary of the training.</param>
    /// <exception cref="FormatException">A line of the log is invalid.</exception>
    /// <exception cref="IOException">The log does not exist, or the report cannot be written.</exception>
    public static void Save(string folder, TrainingSummary summary)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        var page = Render(summary, TrainingLog.Load(folder));
        using var file = new AtomicFile(Path.Combine(folder, FileName));
        file.Stream.Write(Encoding.UTF8.GetBytes(page));
        file.Commit();
    }

    /// <summary>Renders the report.</summary>
    /// <param name="summary">The summary of the training.</param>
    /// <param name="steps">The steps in order; steps may be missing.</param>
    /// <returns>HTML.</returns>
    public static string Render(TrainingSummary summary, IReadOnlyList<TrainingStep> steps)
    {
        ArgumentNullException.ThrowIfNull(summary);
        ArgumentNullException.ThrowIfNull(steps);
        return PageTemplate.Fill(typeof(TrainingReport).Assembly, "report.html", new Dictionary<string, string>
        {
            ["name"] = Text(summary.Name),
            ["byline"] = Byline(summary),
            ["abstract"] = Abstract(summary),
            ["warnings"] = Warnings(summary.Warnings),
            ["results"] = Results(summary.Results),
            ["curves"] = Curves(summary, steps),
            ["evaluations"] = Evaluations(summary, steps),
            ["datasets"] = Datasets(summary.Datasets),
            ["settings"] = Pairs("Settings", summary.Settings),
            ["environment"] = Pairs("Environment", Environment(summary)),
        }).ReplaceLineEndings("\n") + "\n";
    }

    private static string Byline(TrainingSummary summary)
    {
        var from = summary.BaseModel is null ? "randomly initialized" : $"from {Text(summary.BaseModel)}";
        var finished = summary.Finished?.ToString("d MMMM yyyy", CultureInfo.InvariantCulture);
        string?[] parts = [from, Text(string.Join(", ", summary.Languages)), Text(summary.License), finished];
        return string.Join(" · ", parts.Where(part => !string.IsNullOrEmpty(part)));
    }

    private static string Abstract(TrainingSummary summary)
    {
        var sets = summary.Datasets.Count == 1 ? "one data set" : $"{summary.Datasets.Count} data sets";
        var course = new StringBuilder(
            $"Trained on {sets} of {ReportText.Count(summary.Datasets.Sum(dataset => dataset.Rows))} rows in "
            + $"{ReportText.Count(summary.Steps)} steps and {ReportText.Duration(summary.Duration)}");
        if (summary.Results is [.., var last])
        {
            var metric = last.Result.PrimaryMetric;
            course.Append(CultureInfo.InvariantCulture, $"; {Text(metric)} is {ReportText.Score(last.Result.PrimaryScore)}");
            if (summary.Results.FirstOrDefault(result => result.Result.Metrics.ContainsKey(metric)) is { } first && first != last)
            {
                course.Append(CultureInfo.InvariantCulture, $" ({Text(first.Stage)}: {ReportText.Score(first.Result.Metrics[metric])})");
            }
        }

        return $"<p class=\"abstract\">{course}.</p>";
    }

    private static string Warnings(IReadOnlyList<TrainingWarning> warnings)
    {
        var items = string.Concat(warnings.Select(warning => $"<li>{Text(warning.Message)}</li>"));
        return items.Length == 0 ? "" : $"<section class=\"warnings\"><h2>Warnings</h2><ul>{items}</ul></section>";
    }

    private static string Results(IReadOnlyList<StageResult> results)
    {
        if (results.Count == 0)
        {
            return "";
        }

        var rows = results.SelectMany(result => result.Result.Metrics.Keys).Distinct().Select(metric => string.Concat([
            results.Any(result => result.Result.PrimaryMetric == metric) ? "<tr class=\"primary\">" : "<tr>",
            $"<th>{Text(metric)}</th>",
            .. results.Select(result => Number(result.Result.Metrics.TryGetValue(metric, out var value) ? ReportText.Score(value) : "")),
            "</tr>",
        ]));
        return Section("Results", Table(["Metric"], results.Select(result => result.Stage), rows));
    }

    private static string Curves(TrainingSummary summary, IReadOnlyList<TrainingStep> steps)
    {
        if (steps.Count == 0)
        {
            return "";
        }

        var losses = steps.GroupBy(step => step.Dataset)
            .Select(set => new Curve(set.Key, set.Select(step => (step.Step, step.Loss))))
            .ToArray();
        var primary = Metrics(summary, steps)
            .Where(metric => steps.Any(step => step.Evaluation?.PrimaryMetric == metric.Title))
            .Select(metric => new LineChart(metric, Math.Min(steps[0].Step, metric.Points.FirstOrDefault().Step), steps[^1].Step + 1))
            .ToArray();
        LineChart Chart(Curve curve) => new(curve, steps[0].Step, steps[^1].Step);
        var accuracies = steps.Where(step => step.Accuracy is not null).GroupBy(step => step.Dataset)
            .Select(set => new Curve(set.Key, set.Select(step => (step.Step, step.Accuracy!.Value))))
            .ToArray();
        LineChart[] pace =
        [
            Chart(new Curve("learning rate", steps.Select(step => (step.Step, step.LearningRate)))),
            Chart(new Curve("gradient norm", steps.Select(step => (step.Step, step.GradientNorm)))) with
            {
                Smooth = true,
                MayBeLogarithmic = true,
            },
        ];
        return Section("Curves", string.Concat(
            Figure(
                "Loss by step for each data set. Faint: the values or their range; strong: their exponentially weighted mean.",
                losses.Select(curve => Chart(curve) with { Wide = losses.Length == 1, Smooth = true })),
            accuracies.Length == 0 ? "" : Figure(
                "Accuracy on the training data by step for each data set, before the step.",
                accuracies.Select(curve => Chart(curve) with { Wide = accuracies.Length == 1, Smooth = true })),
            Figure(
                "Evaluation by the number of steps; 0 is before training.",
                primary.Select(chart => chart with { Wide = primary.Length == 1 })),
            Figure("Learning rate and gradient norm before clipping, by step.", pace)));
    }

    private static string Evaluations(TrainingSummary summary, IReadOnlyList<TrainingStep> steps)
    {
        var rows = Metrics(summary, steps).Where(metric => metric.Points.Length > 0).Select(metric =>
        {
            var highest = metric.Points.MaxBy(point => point.Value);
            return $"<tr><th>{Text(metric.Title)}</th><td>{LineChart.Sparkline(metric)}</td>"
                + Number(ReportText.Score(metric.Points[0].Value)) + Number(ReportText.Score(metric.Points[^1].Value))
                + Number(ReportText.Score(highest.Value)) + Number(ReportText.Count(highest.Step)) + "</tr>";
        }).ToArray();
        return rows.Length == 0
            ? ""
            : Section("Evaluations during training", Table(["Metric", "Curve"], ["First", "Last", "Highest", "At step"], rows));
    }

    // Each metric by the number of steps before its evaluation.
    private static IEnumerable<Curve> Metrics(TrainingSummary summary, IReadOnlyList<TrainingStep> steps) => summary.Results
        .Where(result => result.Step == 0)
        .Select(result => (Steps: 0L, result.Result))
        .Concat(steps.Where(step => step.Evaluation is not null).Select(step => (Steps: step.Step + 1, Result: step.Evaluation!)))
        .SelectMany(evaluation => evaluation.Result.Metrics.Select(metric => (metric.Key, evaluation.Steps, metric.Value)))
        .GroupBy(point => point.Key)
        .Select(metric => new Curve(metric.Key, metric.Select(point => (point.Steps, point.Value))));

    private static string Datasets(IReadOnlyList<DatasetSummary> datasets)
    {
        var rows = datasets.Select(dataset => string.Concat([
            $"<tr><td>{Text(dataset.Name)}{(dataset.Source is null ? "" : $"<br><span class=\"example\">{Text(dataset.Source)}</span>")}",
            .. dataset.Examples
                .Select(example => string.Join(" | ", example.Texts.Select(text => $"“{ReportText.Shorten(text)}”")))
                .Select(example => $"<br><span class=\"example\">{Text(example)}</span>"),
            $"</td><td class=\"loss\">{Text(dataset.Loss).Replace("(", "(<wbr>", StringComparison.Ordinal)}",
            dataset.LossSettings is null ? "" : $"<br><span class=\"example\">{Text(ReportText.Settings(dataset.LossSettings))}</span>",
            dataset.Sampler is null ? "" : $"<br><span class=\"example\">sampler: {Text(dataset.Sampler)}</span>",
            $"</td>{Number(Text(dataset.BatchSize))}{Number(ReportText.Count(dataset.Rows))}</tr>",
        ]));
        return datasets.Count == 0 ? "" : Section("Data", Table(["Data set", "Loss"], ["Batch size", "Rows"], rows));
    }

    private static IEnumerable<KeyValuePair<string, string>> Environment(TrainingSummary summary) =>
    [
        new("processor", summary.Machine.Processor),
        new("threads", summary.Machine.Threads.ToString(CultureInfo.InvariantCulture)),
        new("runtime", summary.Machine.Runtime),
        new("system", summary.Machine.System),
        new("steps", ReportText.Count(summary.Steps)),
        new("time", ReportText.Duration(summary.Duration)),
    ];

    private static string Pairs(string title, IEnumerable<KeyValuePair<string, string>> pairs)
    {
        var list = string.Concat(pairs.Select(pair => $"<div><dt>{Text(pair.Key)}</dt><dd>{Text(pair.Value)}</dd></div>"));
        return list.Length == 0 ? "" : Section(title, $"<dl class=\"settings\">{list}</dl>");
    }

    private static string Section(string title, string content) => $"<section><h2>{title}</h2>{content}</section>";

    private static string Figure(string caption, IEnumerable<LineChart> charts)
    {
        var plots = string.Concat(charts.Select(chart => chart.Render()));
        return plots.Length == 0 ? "" : $"<figure><div class=\"panels\">{plots}</div><figcaption>{caption}</figcaption></figure>";
    }

    private static string Table(IEnumerable<string> texts, IEnumerable<string> numbers, IEnumerable<string> rows) => string.Concat([
        "<div class=\"scroll\"><table>",
        "<thead><tr>",
        .. texts.Select(column => $"<th>{Text(column)}</th>"),
        .. numbers.Select(column => $"<th class=\"n\">{Text(column)}</th>"),
        "</tr></thead><tbody>",
        .. rows,
        "</tbody></table></div>",
    ]);

    private static string Number(string text) => $"<td class=\"n\">{text}</td>";

    private static string Text(string? text) => WebUtility.HtmlEncode(text ?? "");
}
