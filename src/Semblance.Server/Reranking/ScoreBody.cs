namespace Semblance.Server.Reranking;

/// <summary>
/// Represents the body of a request to <c>/score</c>: two texts or lists of texts by one of several pairs of names. One text is compared
/// with all of the other list.
/// </summary>
internal sealed record ScoreBody
{
    /// <summary>Gets the name of the model; <see langword="null"/> for the first one that reranks.</summary>
    public string? Model { get; init; }

    /// <summary>Gets the first texts.</summary>
    public TextOrTexts? Queries { get; init; }

    /// <summary>Gets the second texts.</summary>
    public TextOrTexts? Documents { get; init; }

    /// <summary>Gets the second texts.</summary>
    public TextOrTexts? Items { get; init; }

    /// <summary>Gets the first texts.</summary>
    [JsonPropertyName("data_1")]
    public TextOrTexts? FirstData { get; init; }

    /// <summary>Gets the second texts.</summary>
    [JsonPropertyName("data_2")]
    public TextOrTexts? SecondData { get; init; }

    /// <summary>Gets the first texts.</summary>
    [JsonPropertyName("text_1")]
    public TextOrTexts? FirstText { get; init; }

    /// <summary>Gets the second texts.</summary>
    [JsonPropertyName("text_2")]
    public TextOrTexts? SecondText { get; init; }

    /// <summary>Returns the pairs.</summary>
    /// <exception cref="RequestException">The texts are missing, or their numbers differ.</exception>
    public IReadOnlyList<(string Query, string Document)> Pairs()
    {
        var first = (Queries ?? FirstData ?? FirstText)?.Texts;
        var second = (Documents ?? Items ?? SecondData ?? SecondText)?.Texts;
        if (first is null or { Count: 0 } || second is null or { Count: 0 })
        {
            throw RequestException.Validation("The texts are missing; send `queries` and `documents`, or `text_1` and `text_2`.");
        }

        return first.Count == second.Count ? [.. first.Zip(second)]
            : first.Count == 1 ? [.. second.Select(text => (first[0], text))]
            : second.Count == 1 ? [.. first.Select(text => (text, second[0]))]
            : throw RequestException.Validation(
                $"There are {first.Count} first texts and {second.Count} second ones; the numbers must be equal, or one of them 1.");
    }
}
