using Microsoft.Extensions.AI;
using Microsoft.Extensions.Logging;

namespace Semblance.Extensions.AI;

/// <summary>Provides what the embedding generators of a <see cref="SentenceTransformer"/> have in common.</summary>
/// <typeparam name="TInput">The type of the inputs: texts or images.</typeparam>
/// <typeparam name="TEmbedding">The type of the embeddings.</typeparam>
internal abstract class SentenceEmbeddingGenerator<TInput, TEmbedding> : IEmbeddingGenerator<TInput, TEmbedding>
    where TEmbedding : Microsoft.Extensions.AI.Embedding
{
    private const string Operation = "embeddings";

    private readonly Func<ReadOnlySpan<float>, TEmbedding> _format;
    private readonly ILogger? _logger;

    protected SentenceEmbeddingGenerator(ModelSource<SentenceTransformer> source, EmbeddingSettings settings)
    {
        (Source, Settings) = (source, settings);
        _format = EmbeddingFormat.Of<TEmbedding>(settings.Ranges);
        _logger = settings.LoggerFactory?.CreateLogger(typeof(SentenceTransformer).FullName!);
    }

    protected ModelSource<SentenceTransformer> Source { get; }

    protected EmbeddingSettings Settings { get; }

    public async Task<GeneratedEmbeddings<TEmbedding>> GenerateAsync(
        IEnumerable<TInput> values, EmbeddingGenerationOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(values);
        var request = EncodingRequest.Of(options, Settings, Source.Id, this);
        var inputs = values as IReadOnlyList<TInput> ?? [.. values];
        if (inputs.Count == 0)
        {
            return new GeneratedEmbeddings<TEmbedding> { Usage = new UsageDetails { InputTokenCount = 0, TotalTokenCount = 0 } };
        }

        using var operation = ModelOperation.Start(Operation, Source.Id, _logger);
        var model = await operation.RunAsync(() => Source.GetAsync(cancellationToken)).ConfigureAwait(false);
        var embeddings = await operation.RunAsync(
            () => Task.Run(() => Encode(model, inputs, request, cancellationToken), cancellationToken)).ConfigureAwait(false);
        var (result, tokens, truncated) = Convert(embeddings);
        operation.Complete(inputs.Count, tokens, embeddings.Dimension);
        if (truncated > 0 && _logger is not null)
        {
            LogEntries.Truncated(_logger, Operation, Source.Id, truncated, model.MaxSequenceLength);
        }

        return result;
    }

    public object? GetService(Type serviceType, object? serviceKey = null)
    {
        ArgumentNullException.ThrowIfNull(serviceType);
        return serviceKey is not null ? null
            : serviceType == typeof(EmbeddingGeneratorMetadata) ? new EmbeddingGeneratorMetadata(
                SemblanceTelemetry.ProviderName, null, Source.Id, Settings.Encoding.Dimensions ?? Source.Loaded?.Dimension)
            : serviceType == typeof(SentenceTransformer) ? Source.Loaded
            : serviceType.IsInstanceOfType(Source) ? Source
            : serviceType.IsInstanceOfType(Settings) ? Settings
            : serviceType.IsInstanceOfType(this) ? this
            : null;
    }

    public void Dispose()
    {
        // A model has no resources to release, and other generators can share it.
    }

    /// <summary>Encodes inputs on the calling thread and the threads of the library.</summary>
    protected abstract Embeddings Encode(
        SentenceTransformer model, IReadOnlyList<TInput> inputs, EncodingRequest request, CancellationToken cancellationToken);

    private (GeneratedEmbeddings<TEmbedding> Result, int Tokens, int Truncated) Convert(Embeddings embeddings)
    {
        var result = new GeneratedEmbeddings<TEmbedding>(embeddings.Count);
        var (tokens, truncated, now) = (0, 0, DateTimeOffset.UtcNow);
        for (var i = 0; i < embeddings.Count; i++)
        {
            var embedding = _format(embeddings[i]);
            (embedding.ModelId, embedding.CreatedAt) = (Source.Id, now);
            if (embeddings.Truncated[i])
            {
                embedding.AdditionalProperties = new() { ["truncated"] = true };
                truncated++;
            }

            tokens += embeddings.TokenCounts[i];
            result.Add(embedding);
        }

        result.Usage = new UsageDetails { InputTokenCount = tokens, TotalTokenCount = tokens };
        if (truncated > 0)
        {
            result.AdditionalProperties = new() { ["truncated_count"] = truncated };
        }

        return (result, tokens, truncated);
    }
}
