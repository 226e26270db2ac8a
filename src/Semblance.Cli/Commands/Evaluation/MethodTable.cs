using Semblance.Files.Json;
using Semblance.Training;

namespace Semblance.Cli.Commands;

/// <summary>Writes how ways to search compare: lines of task and metric with a column for each, or a JSON object for each task.</summary>
/// <param name="host">Where to.</param>
/// <param name="tasks">What will come: the columns are as wide as that needs.</param>
/// <param name="methods">The ways.</param>
/// <param name="isJson">Whether to write JSON, with all metrics.</param>
internal sealed class MethodTable(Host host, IReadOnlyList<EvaluationTask> tasks, IReadOnlyList<RetrievalMethod> methods, bool isJson)
{
    private static readonly string[] Metrics = ["ndcg@10", "mrr@10", "recall@100"];

    private readonly int _nameWidth = Math.Max("task".Length, tasks.Max(task => task.Name.Length));
    private bool _hasHeader;

    /// <summary>Writes what each way reached at a task.</summary>
    public void Write(EvaluationTask task, IReadOnlyDictionary<RetrievalMethod, IReadOnlyDictionary<string, double>> results)
    {
        if (isJson)
        {
            WriteJson(task, results);
        }
        else
        {
            if (!_hasHeader)
            {
                _hasHeader = true;
                WriteLine("task", "metric", methods.Select(Name));
            }

            foreach (var metric in Metrics)
            {
                WriteLine(task.Name, metric, methods.Select(method => ResultTable.Text(metric, results[method][metric])));
            }
        }

        host.Flush();
    }

    private void WriteLine(string task, string metric, IEnumerable<string> values) =>
        host.Text.WriteLine($"{task.PadRight(_nameWidth)}  {metric,-10}{string.Concat(values.Select(value => value.PadLeft(10)))}");

    private void WriteJson(EvaluationTask task, IReadOnlyDictionary<RetrievalMethod, IReadOnlyDictionary<string, double>> results)
    {
        using var output = new JsonLinesWriter(host.Output);
        output.Write(json =>
        {
            json.WriteString("task", task.Name);
            json.WriteStartObject("methods");
            foreach (var method in methods)
            {
                ResultTable.WriteMetrics(json, Name(method), results[method]);
            }

            json.WriteEndObject();
        });
    }

    private static string Name(RetrievalMethod method) => method.ToString().ToLowerInvariant();
}
