using Microsoft.Extensions.AI;
using Microsoft.Extensions.Logging;

namespace Semblance.Extensions.AI;

/// <summary>Provides the embedding generator of a <see cref="SparseEncoder"/>.</summary>
public static class SparseEmbeddingGenerators
{
    /// <summary>Returns an embedding generator of sparse vectors.</summary>
    /// <param name="model">The model.</param>
    /// <param name="modelId">The name of the model in metadata and telemetry; <c>semblance</c> by default.</param>
    /// <param name="options">The options for encoding; <see langword="null"/> for the defaults.</param>
    /// <param name="loggerFactory">The logger factory; <see langword="null"/> for no logs.</param>
    public static IEmbeddingGenerator<string, SparseVectorEmbedding> AsEmbeddingGenerator(
        this SparseEncoder model, string? modelId = null, SparseEncodeOptions? options = null, ILoggerFactory? loggerFactory = null) =>
        new SparseEmbeddingGenerator(
            new ModelSource<SparseEncoder>(modelId ?? SemblanceTelemetry.ProviderName, model),
            options ?? SparseEncodeOptions.Default, loggerFactory);
}
