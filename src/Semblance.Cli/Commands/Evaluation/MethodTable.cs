using Semblance.Files.Json;
using Semblance.Training;

namespace Semblance.Cli.Commands;

/// <summary>
/// Writes a comparison of retrieval methods: lines of task and metric with a column for each method, or a JSON object for each task.
/// </summary>
/// <param name="host">The standard streams.</param>
/// <param name="tasks">All tasks that follow; they determine the widths of the columns.</param>
/// <param name="methods">The retrieval methods.</param>
/// <param name="isJson"><see langword="true"/> to write JSON with all metrics; otherwise, <see langword="false"/>.</param>
internal sealed class MethodTable(Host host, IReadOnlyList<EvaluationTask> tasks, IReadOnlyList<RetrievalMethod> methods, bool isJson)
{
    private static readonly string[] Metrics = ["ndcg@10", "mrr@10", "recall@100"];

    private readonly int _nameWidth = Math.Max("task".Length, tasks.Max(task => task.Name.Length));
    private bool _hasHeader;

    /// <summary>Writes the results of each method on a task.</summary>
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
