namespace Semblance.Server.TextEmbeddingsInference;

/// <summary>Represents the answer of <c>/info</c>.</summary>
internal sealed record TeiInfo
{
    /// <summary>Gets the name of the model.</summary>
    public required string ModelId { get; init; }

    /// <summary>Gets the revision of the model; always <see langword="null"/>.</summary>
    public string? ModelSha { get; init; }

    /// <summary>Gets the compute type.</summary>
    public required string ModelDtype { get; init; }

    /// <summary>Gets the name of the model.</summary>
    public required string ServedModelName { get; init; }

    /// <summary>Gets the kind of model with its labels or its pooling.</summary>
    public required Dictionary<string, JsonElement> ModelType { get; init; }

    /// <summary>Gets the maximum number of texts that are waiting.</summary>
    public required long MaxConcurrentRequests { get; init; }

    /// <summary>Gets the maximum sequence length in tokens.</summary>
    public required int MaxInputLength { get; init; }

    /// <summary>Gets the number of tokens of a batch.</summary>
    public required int MaxBatchTokens { get; init; }

    /// <summary>Gets the maximum number of texts of a batch; always <see langword="null"/>.</summary>
    public int? MaxBatchRequests { get; init; }

    /// <summary>Gets the maximum number of texts of a request.</summary>
    public required int MaxClientBatchSize { get; init; }

    /// <summary>Gets a value that indicates whether long texts are truncated.</summary>
    public required bool AutoTruncate { get; init; }

    /// <summary>Gets the number of threads that tokenize.</summary>
    public required int TokenizationWorkers { get; init; }

    /// <summary>Gets the version of the server.</summary>
    public required string Version { get; init; }

    /// <summary>Gets the commit of the server; always <see langword="null"/>.</summary>
    public string? Sha { get; init; }

    /// <summary>Gets the label of the container; always <see langword="null"/>.</summary>
    public string? DockerLabel { get; init; }
}
