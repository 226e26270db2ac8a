namespace Semblance.Server.TextEmbeddingsInference;

/// <summary>Represents the body of a request to <c>/decode</c>.</summary>
internal sealed record DecodeRequest
{
    /// <summary>Gets the token ids of one text, or an array of such arrays.</summary>
    public required Inference.InputList Ids { get; init; }

    /// <summary>Gets a value that indicates whether special tokens are left out; <see langword="true"/> by default.</summary>
    public bool? SkipSpecialTokens { get; init; }
}
