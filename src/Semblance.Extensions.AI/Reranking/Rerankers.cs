using Microsoft.Extensions.Logging;

namespace Semblance.Extensions.AI;

/// <summary>Provides the <see cref="IReranker"/> of a model.</summary>
public static class Rerankers
{
    /// <summary>Returns a reranking service of a model.</summary>
    /// <param name="model">The model.</param>
    /// <param name="modelId">The name of the model in responses and telemetry; <c>semblance</c> by default.</param>
    /// <param name="options">The batch size, threads and truncation; <see langword="null"/> for the defaults.</param>
    /// <param name="loggerFactory">The logger factory; <see langword="null"/> for no logs.</param>
    public static IReranker AsReranker(
        this Reranker model, string? modelId = null, PredictOptions? options = null, ILoggerFactory? loggerFactory = null) =>
        new ModelReranker(
            new ModelSource<Reranker>(modelId ?? SemblanceTelemetry.ProviderName, model), options ?? PredictOptions.Default, loggerFactory);
}
