using System.Globalization;
using System.Text.Json;
using Semblance.Files.Json;
using Semblance.Training;

namespace Semblance.Cli.Commands;

/// <summary>Writes results one task at a time: lines of task, metric, model and baseline, or a JSON object for each task.</summary>
/// <remarks>Metrics are multiplied by 100, as is usual in publications; thresholds are not.</remarks>
/// <param name="host">The standard streams.</param>
/// <param name="tasks">All tasks that follow; they determine the widths of the columns.</param>
/// <param name="headlineOnly"><see langword="true"/> to write only the headline metrics; <see langword="false"/> to write all.</param>
/// <param name="isJson"><see langword="true"/> to write JSON, always with all metrics; otherwise, <see langword="false"/>.</param>
internal sealed class ResultTable(Host host, IReadOnlyList<EvaluationTask> tasks, bool headlineOnly, bool isJson)
{
    private const int MetricWidth = 18;
    private const int ValueWidth = 8;

    private readonly int _nameWidth = Math.Max("task".Length, tasks.Max(task => task.Name.Length));
    private readonly bool _hasBaseline = tasks.Any(task => task.Baseline is not null);
    private bool _hasHeader;

    /// <summary>Writes the result of a task.</summary>
    public void Write(EvaluationTaskResult result)
    {
        if (isJson)
        {
            WriteJson(result);
        }
        else
        {
            WriteText(result);
        }

        host.Flush();
    }

    private void WriteText(EvaluationTaskResult result)
    {
        if (!_hasHeader)
        {
            _hasHeader = true;
            WriteLine("task", "metric", "model", _hasBaseline ? "baseline" : "");
        }

        foreach (var metric in headlineOnly ? result.Task.Headline : result.Metrics.Keys)
        {
            var baseline = result.Baseline?.TryGetValue(metric, out var value) == true ? $"{Text(metric, value)} {result.Task.Baseline}" : "";
            WriteLine(result.Task.Name, metric, Text(metric, result.Metrics[metric]), baseline);
        }
    }

    private void WriteLine(string task, string metric, string model, string baseline) =>
        host.Text.WriteLine(
            $"{task.PadRight(_nameWidth)}  {metric.PadRight(MetricWidth)}  {model,ValueWidth}  {baseline,ValueWidth}".TrimEnd());

    private void WriteJson(EvaluationTaskResult result)
    {
        using var output = new JsonLinesWriter(host.Output);
        output.Write(json =>
        {
            json.WriteString("task", result.Task.Name);
            WriteMetrics(json, "metrics", result.Metrics);
            if (result.Baseline is not null)
            {
                json.WriteString("baseline", result.Task.Baseline);
                WriteMetrics(json, "baseline_metrics", result.Baseline);
            }
        });
    }

    /// <summary>Writes metrics as an object, multiplied by 100 except thresholds.</summary>
    public static void WriteMetrics(Utf8JsonWriter json, string name, IReadOnlyDictionary<string, double> metrics)
    {
        json.WriteStartObject(name);
        foreach (var (metric, value) in metrics)
        {
            json.WriteNumber(metric, Scaled(metric, value));
        }

        json.WriteEndObject();
    }

    /// <summary>Formats a metric, multiplied by 100 except a threshold.</summary>
    public static string Text(string metric, double value) =>
        Scaled(metric, value).ToString(IsThreshold(metric) ? "F4" : "F2", CultureInfo.InvariantCulture);

    private static double Scaled(string metric, double value) => IsThreshold(metric) ? value : 100 * value;

    private static bool IsThreshold(string metric) =>
        metric.EndsWith("threshold", StringComparison.Ordinal) || metric is "loss" or "negative_loss" or "mse";
}
