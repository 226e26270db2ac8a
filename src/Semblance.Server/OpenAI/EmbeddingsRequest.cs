using Semblance.Server.Inference;

namespace Semblance.Server.OpenAI;

/// <summary>Represents the body of a request for embeddings.</summary>
internal sealed record EmbeddingsRequest
{
    /// <summary>Gets the texts.</summary>
    public InputList? Input { get; init; }

    /// <summary>Gets the name of the model; <see langword="null"/> for the first one.</summary>
    public string? Model { get; init; }

    /// <summary>Gets the encoding of the vectors: <c>float</c>, the default, or <c>base64</c>.</summary>
    public string? EncodingFormat { get; init; }

    /// <summary>Gets the number of first elements of each vector that are kept.</summary>
    public int? Dimensions { get; init; }

    /// <summary>Gets the treatment of long texts, an extension: <see langword="false"/> makes them errors.</summary>
    public bool? Truncate { get; init; }

    /// <summary>Gets the name of a prompt of the model, an extension.</summary>
    public string? PromptName { get; init; }
}
