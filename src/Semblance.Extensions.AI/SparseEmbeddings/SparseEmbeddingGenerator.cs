using Microsoft.Extensions.AI;
using Microsoft.Extensions.Logging;

namespace Semblance.Extensions.AI;

/// <summary>Computes sparse embeddings of texts.</summary>
internal sealed class SparseEmbeddingGenerator(ModelSource<SparseEncoder> source, SparseEncodeOptions settings, ILoggerFactory? loggers)
    : IEmbeddingGenerator<string, SparseVectorEmbedding>
{
    private const string Operation = "embeddings";

    private readonly ILogger? _logger = loggers?.CreateLogger(typeof(SparseEncoder).FullName!);

    public async Task<GeneratedEmbeddings<SparseVectorEmbedding>> GenerateAsync(
        IEnumerable<string> values, EmbeddingGenerationOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(values);
        var (encoding, input) = Request(options);
        var texts = values as IReadOnlyList<string> ?? [.. values];
        if (texts.Count == 0)
        {
            return new GeneratedEmbeddings<SparseVectorEmbedding> { Usage = Usage(0) };
        }

        using var operation = ModelOperation.Start(Operation, source.Id, _logger);
        var model = await operation.RunAsync(() => source.GetAsync(cancellationToken)).ConfigureAwait(false);
        var embeddings = await operation.RunAsync(() => Task.Run(() => input switch
        {
            EmbeddingInput.Query => model.EncodeQuery(texts, encoding, null, cancellationToken),
            EmbeddingInput.Document => model.EncodeDocument(texts, encoding, null, cancellationToken),
            _ => model.Encode(texts, encoding, null, cancellationToken),
        }, cancellationToken)).ConfigureAwait(false);
        var tokens = embeddings.TokenCounts.Sum();
        operation.Complete(texts.Count, tokens, embeddings.Dimension);
        return new GeneratedEmbeddings<SparseVectorEmbedding>(embeddings.Vectors.Select(
            vector => new SparseVectorEmbedding(vector) { ModelId = source.Id, CreatedAt = DateTimeOffset.UtcNow }))
        {
            Usage = Usage(tokens),
        };
    }

    public object? GetService(Type serviceType, object? serviceKey = null)
    {
        ArgumentNullException.ThrowIfNull(serviceType);
        return serviceKey is not null ? null
            : serviceType == typeof(EmbeddingGeneratorMetadata)
                ? new EmbeddingGeneratorMetadata(SemblanceTelemetry.ProviderName, null, source.Id, source.Loaded?.Dimension)
            : serviceType == typeof(SparseEncoder) ? source.Loaded
            : serviceType.IsInstanceOfType(source) ? source
            : serviceType.IsInstanceOfType(this) ? this
            : null;
    }

    public void Dispose()
    {
        // A model has no resources to release, and others can share it.
    }

    private static UsageDetails Usage(int tokens) => new() { InputTokenCount = tokens, TotalTokenCount = tokens };

    // The options of dense vectors that a sparse encoder has too.
    private (SparseEncodeOptions Options, EmbeddingInput Input) Request(EmbeddingGenerationOptions? options)
    {
        if (options?.RawRepresentationFactory?.Invoke(this) is { } given)
        {
            return given is SparseEncodeOptions sparse
                ? (sparse, InputOf(options))
                : throw new ArgumentException(
                    $"RawRepresentationFactory returned a {given.GetType().Name}; return SparseEncodeOptions, or null for the defaults.",
                    nameof(options));
        }

        if (options?.Dimensions is not null || options?.AdditionalProperties?.ContainsKey(EmbeddingOptionNames.Normalize) == true)
        {
            throw new ArgumentException(
                "A sparse vector has all dimensions of the vocabulary and is not normalized; to keep the largest elements, return "
                + "SparseEncodeOptions with MaxActiveDimensions from RawRepresentationFactory.", nameof(options));
        }

        var request = EncodingRequest.Of(options, new EmbeddingSettings(), source.Id, this);
        return (settings with
        {
            Prompt = request.Options.Prompt ?? settings.Prompt,
            PromptName = request.Options.PromptName ?? settings.PromptName,
            Route = request.Options.Route ?? settings.Route,
            Truncation = options?.AdditionalProperties?.ContainsKey(EmbeddingOptionNames.Truncation) == true
                ? request.Options.Truncation : settings.Truncation,
        }, request.Input);
    }

    private EmbeddingInput InputOf(EmbeddingGenerationOptions options) =>
        EncodingRequest.Of(
            new EmbeddingGenerationOptions { ModelId = options.ModelId, AdditionalProperties = options.AdditionalProperties },
            new EmbeddingSettings(), source.Id, this).Input;
}
