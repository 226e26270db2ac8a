namespace Semblance.Server.TextEmbeddingsInference;

/// <summary>Represents the body of a request to <c>/similarity</c>.</summary>
internal sealed record SimilarityRequest
{
    /// <summary>Gets the sentences.</summary>
    public required SentencePair Inputs { get; init; }

    /// <summary>Gets the settings.</summary>
    public SimilarityParameters? Parameters { get; init; }

    /// <summary>Represents a sentence and those that are compared with it.</summary>
    internal sealed record SentencePair
    {
        /// <summary>Gets the sentence.</summary>
        public required string SourceSentence { get; init; }

        /// <summary>Gets the sentences that are compared with it.</summary>
        public required IReadOnlyList<string> Sentences { get; init; }
    }
}
