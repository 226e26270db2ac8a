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
        if (_tasks.HeadTaskOf(arguments) is { } headTask)
        {
            headTask.Run(
                await _encoding.FolderAsync(arguments, Host, cancellationToken).ConfigureAwait(false), _encoding.Compute(arguments),
                arguments.GetValue(_format) == "json", Host, cancellationToken);
            return;
        }

        var (tasks, folder) = _tasks.Of(arguments, Host.Error);
        var isSuite = folder.Length > 0;
        var (model, options) = await _encoding.LoadAnyAsync(arguments, Host, cancellationToken).ConfigureAwait(false);

        if (_tasks.Methods(arguments) is { Count: > 0 } methods)
        {
            var dense = model as SentenceTransformer ?? throw new InputException(
                "--methods", "the methods are those of a model of sentence embeddings; leave it out to evaluate this model.");
            var reranker = methods.Contains(Training.RetrievalMethod.Rerank)
                ? await ModelOption.LoadRerankerAsync(
                    _tasks.Reranker(arguments) ?? _encoding.ModelName(arguments), _encoding.Compute(arguments), Host,
                    cancellationToken).ConfigureAwait(false)
                : null;
            var batching = _encoding.Batching(arguments, Host);
            Func<IRetriever, IReadOnlyList<string>, IRetriever>? rerank = reranker is null ? null : (retriever, corpus) =>
                reranker.Behind(retriever, corpus, options: batching);
            var encoders = await EncodersAsync(methods, arguments, cancellationToken).ConfigureAwait(false);
            var comparison = new MethodTable(Host, tasks, methods, arguments.GetValue(_format) == "json");
            foreach (var (number, task) in tasks.Index())
            {
                comparison.Write(task, await WatchedAsync(tasks, number, () => task.Compare(
                    methods, dense, rerank, folder, options, encoders, cancellationToken)).ConfigureAwait(false));
            }
        }
        else
        {
            var table = new ResultTable(Host, tasks, headlineOnly: isSuite, arguments.GetValue(_format) == "json");
            foreach (var (number, task) in tasks.Index())
            {
                try
                {
                    table.Write(await WatchedAsync(tasks, number, () => task.Evaluate(model, folder, options, cancellationToken))
                        .ConfigureAwait(false));
                }
                catch (NotSupportedException e) when (isSuite)
                {
                    Host.Error.WriteLine($"note: {task.Name} is left out: {e.Message}");
                }
            }
        }

        Host.Error.WriteLine(
            Numbers.Invariant($"evaluated {tasks.Count:N0} {(tasks.Count == 1 ? "task" : "tasks")} in ")
            + Numbers.Invariant($"{Stopwatch.GetElapsedTime(started).TotalSeconds:F1} s"));
    }

    // The sparse encoder, and the late-interaction model: the head of the evaluated model, or its token vectors, unless another is named.
    private async Task<Dictionary<Training.RetrievalMethod, ITrainableModel>> EncodersAsync(
        IReadOnlyList<Training.RetrievalMethod> methods, ParseResult arguments, CancellationToken cancellationToken)
    {
        var encoders = new Dictionary<Training.RetrievalMethod, ITrainableModel>();
        var compute = _encoding.Compute(arguments);
        if (methods.Contains(Training.RetrievalMethod.Sparse))
        {
            var folder = await ModelOption.FolderAsync(_tasks.Sparse(arguments), Host, cancellationToken).ConfigureAwait(false);
            encoders[Training.RetrievalMethod.Sparse] = SparseEncoder.Load(folder, compute);
        }

        if (methods.Contains(Training.RetrievalMethod.Tokens))
        {
            var folder = await ModelOption.FolderAsync(
                _tasks.Tokens(arguments) ?? _encoding.ModelName(arguments), Host, cancellationToken).ConfigureAwait(false);
            encoders[Training.RetrievalMethod.Tokens] = ModelKinds.AllOf(folder).Contains(ModelKind.MultiVectorEncoder)
                ? MultiVectorEncoder.Load(folder, compute)
                : MultiVectorEncoder.Of(SentenceTransformer.Load(folder, compute));
        }

        return encoders;
    }

    // The bar shows the finished tasks; a task has no progress of its own.
    private async Task<T> WatchedAsync<T>(IReadOnlyList<Training.EvaluationTask> tasks, int number, Func<T> evaluate)
    {
        T? result = default;
        await Host.WithProgressAsync($"evaluating {tasks[number].Name}", progress =>
        {
            progress.Report((double)number / tasks.Count);
            result = evaluate();
            return Task.CompletedTask;
        }).ConfigureAwait(false);
        return result!;
    }
}
