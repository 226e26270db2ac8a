using Semblance.Server.Inference;

namespace Semblance.Server.Ollama;

/// <summary>Represents the body of a request to <c>/api/embed</c>, and to the older <c>/api/embeddings</c>.</summary>
internal sealed record EmbedBody
{
    /// <summary>Gets the name of the model.</summary>
    public string? Model { get; init; }

    /// <summary>Gets the texts.</summary>
    public InputList? Input { get; init; }

    /// <summary>Gets the text of the older route.</summary>
    public string? Prompt { get; init; }

    /// <summary>Gets the treatment of long texts; truncation by default.</summary>
    public bool? Truncate { get; init; }

    /// <summary>Gets the number of first elements of each vector that are kept.</summary>
    public int? Dimensions { get; init; }
}
