using Microsoft.Extensions.AI;
using Microsoft.Extensions.Logging;

namespace Semblance.Extensions.AI;

/// <summary>Reranks by a model of Semblance.</summary>
internal sealed class ModelReranker(ModelSource<Reranker> source, PredictOptions settings, ILoggerFactory? loggers) : IReranker
{
    private const string Operation = "rerank";

    private readonly ILogger? _logger = loggers?.CreateLogger(typeof(Reranker).FullName!);

    public async Task<RerankResponse> RerankAsync(
        string query, IEnumerable<string> documents, RerankOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(query);
        ArgumentNullException.ThrowIfNull(documents);
        ArgumentOutOfRangeException.ThrowIfLessThan(options?.TopN ?? 1, 1, nameof(options));
        if (options?.ModelId is { } asked && asked != source.Id)
        {
            throw new ArgumentException(
                $"The request is for the model '{asked}', but this reranker has '{source.Id}'; leave ModelId out, or use the reranker of "
                + "that model.", nameof(options));
        }

        var texts = documents as IReadOnlyList<string> ?? [.. documents];
        if (texts.Count == 0)
        {
            return new RerankResponse([]) { ModelId = source.Id, Usage = new UsageDetails { InputTokenCount = 0, TotalTokenCount = 0 } };
        }

        using var operation = ModelOperation.Start(Operation, source.Id, _logger);
        var model = await operation.RunAsync(() => source.GetAsync(cancellationToken)).ConfigureAwait(false);
        var counter = new TextCounter();
        var ranked = await operation.RunAsync(() => Task.Run(
            () => model.Rank(query, texts, options?.TopN, settings with { Counter = counter }, null, cancellationToken),
            cancellationToken)).ConfigureAwait(false);
        operation.Complete(texts.Count, (int)counter.TokenCount, null);
        if (counter.TruncatedCount > 0 && _logger is not null)
        {
            LogEntries.Truncated(_logger, Operation, source.Id, (int)counter.TruncatedCount, counter.Limit);
        }

        var kept = options?.ScoreThreshold is { } threshold ? [.. ranked.Where(document => document.Score >= threshold)] : ranked;
        return new RerankResponse(kept)
        {
            ModelId = source.Id,
            Usage = new UsageDetails { InputTokenCount = counter.TokenCount, TotalTokenCount = counter.TokenCount },
        };
    }

    public object? GetService(Type serviceType, object? serviceKey = null)
    {
        ArgumentNullException.ThrowIfNull(serviceType);
        return serviceKey is not null ? null
            : serviceType == typeof(Reranker) ? source.Loaded
            : serviceType.IsInstanceOfType(source) ? source
            : serviceType.IsInstanceOfType(this) ? this
            : null;
    }

    public void Dispose()
    {
        // A model has no resources to release, and others can share it.
    }
}
