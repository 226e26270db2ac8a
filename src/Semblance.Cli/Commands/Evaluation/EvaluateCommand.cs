using System.CommandLine;
using System.Diagnostics;
using Semblance.Cli.Input;
using Semblance.Cli.Options;
using Semblance.Cli.Output;

namespace Semblance.Cli.Commands;

/// <summary>Represents <c>evaluate</c>, which evaluates a model on benchmark tasks.</summary>
internal sealed class EvaluateCommand : CliCommand
{
    private readonly TaskOptions _tasks;
    private readonly Option<string> _format = NewOption.Format();
    private readonly EncodingOptions _encoding;

    public EvaluateCommand(Host host)
        : base("evaluate", "Evaluates a model; writes lines of task, metric, model and, if there is one, baseline", host)
    {
        _tasks = new TaskOptions(this);
        Add(_format);
        _encoding = new EncodingOptions(this);
    }

    protected override async Task RunAsync(ParseResult arguments, CancellationToken cancellationToken)
    {
        var started = Stopwatch.GetTimestamp();
        var (all, folder) = _tasks.Of(arguments);
        var isSuite = folder.Length > 0;
        var encoder = await _encoding.LoadAsync(arguments, Host, cancellationToken).ConfigureAwait(false);
        if (encoder.Precision != Precision.Float32)
        {
            throw new InputException("--precision", "evaluations compare float32 vectors; leave it out.");
        }

        var tasks = isSuite ? [.. all.Where(task => IsThere(task, folder))] : all;
        if (tasks.Count == 0)
        {
            throw new InputException(
                folder, "the folder has the files of no task; give the folder that contains sts, classification and so on.");
        }

        if (_tasks.Methods(arguments) is { Count: > 0 } methods)
        {
            var reranker = methods.Contains(Training.RetrievalMethod.Rerank)
                ? await ModelOption.LoadRerankerAsync(
                    _tasks.Reranker(arguments) ?? _encoding.ModelName(arguments), _encoding.Compute(arguments), Host,
                    cancellationToken).ConfigureAwait(false)
                : null;
            Func<IRetriever, IReadOnlyList<string>, IRetriever>? rerank = reranker is null ? null : (retriever, corpus) =>
                reranker.Behind(retriever, corpus, options: _encoding.Batching(arguments));
            var comparison = new MethodTable(Host, tasks, methods, arguments.GetValue(_format) == "json");
            foreach (var task in tasks)
            {
                comparison.Write(task, task.Compare(methods, encoder.Model, rerank, folder, encoder.Options, cancellationToken));
            }
        }
        else
        {
            Evaluate(
                tasks, encoder, folder, new ResultTable(Host, tasks, headlineOnly: isSuite, arguments.GetValue(_format) == "json"),
                cancellationToken);
        }

        Host.Error.WriteLine(
            Numbers.Invariant($"evaluated {tasks.Count:N0} {(tasks.Count == 1 ? "task" : "tasks")} in ")
            + Numbers.Invariant($"{Stopwatch.GetElapsedTime(started).TotalSeconds:F1} s"));
    }

    private static void Evaluate(
        IReadOnlyList<Training.EvaluationTask> tasks, QuantizingEncoder encoder, string folder, ResultTable table,
        CancellationToken cancellationToken)
    {
        foreach (var task in tasks)
        {
            table.Write(task.Evaluate(encoder.Model, folder, encoder.Options, cancellationToken));
        }
    }

    private bool IsThere(Training.EvaluationTask task, string folder)
    {
        var missing = task.Files.FirstOrDefault(file => !File.Exists(Path.Combine(folder, file)));
        if (missing is not null)
        {
            Host.Error.WriteLine($"note: {Path.Combine(folder, missing)} is missing, so {task.Name} is left out.");
        }

        return missing is null;
    }
}
