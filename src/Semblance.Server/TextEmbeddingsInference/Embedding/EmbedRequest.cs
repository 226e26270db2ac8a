using Semblance.Server.Inference;

namespace Semblance.Server.TextEmbeddingsInference;

/// <summary>Represents the body of a request to <c>/embed</c>, <c>/embed_all</c> and <c>/embed_sparse</c>.</summary>
internal sealed record EmbedRequest : TeiRequest
{
    /// <summary>Gets the texts.</summary>
    public InputList? Inputs { get; init; }

    /// <summary>Gets a value that indicates whether the vectors have length 1; <see langword="true"/> by default.</summary>
    public bool? Normalize { get; init; }

    /// <summary>Gets the number of first elements of each vector that are kept.</summary>
    public int? Dimensions { get; init; }

    /// <summary>Returns the request without its dialect.</summary>
    /// <exception cref="RequestException">There is no text, or one is empty.</exception>
    public EmbedQuery ToQuery()
    {
        if (Inputs is not { Texts.Count: > 0 } inputs || inputs.Texts.Any(text => text.IsEmpty))
        {
            throw RequestException.Empty("inputs");
        }

        Check();
        return new EmbedQuery(null, inputs.Texts)
        {
            Dimensions = Dimensions,
            Normalize = Normalize ?? true,
            Truncate = Truncate,
            PromptName = PromptName,
        };
    }
}
