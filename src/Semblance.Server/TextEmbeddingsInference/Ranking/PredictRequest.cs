namespace Semblance.Server.TextEmbeddingsInference;

/// <summary>Represents the body of a request to <c>/predict</c>.</summary>
internal sealed record PredictRequest : TeiRequest
{
    private const string Expected = "`inputs` must be a text, a pair of texts, or an array of arrays of one or two texts";

    /// <summary>Gets the texts: one, a pair in an array, or an array of such arrays.</summary>
    public required JsonElement Inputs { get; init; }

    /// <summary>Gets a value that indicates whether scores are logits.</summary>
    public bool RawScores { get; init; }

    /// <summary>Returns the texts and pairs, and whether the answer is an array of answers.</summary>
    /// <exception cref="RequestException">The inputs have another shape.</exception>
    public (IReadOnlyList<(string Text, string? Pair)> Inputs, bool IsBatch) Pairs()
    {
        if (Inputs.ValueKind == JsonValueKind.String)
        {
            return ([Checked(Inputs, null)], false);
        }

        if (Inputs.ValueKind != JsonValueKind.Array)
        {
            throw RequestException.Validation(Expected, "inputs");
        }

        return Inputs.GetArrayLength() == 0 ? throw RequestException.Empty("inputs")
            : Inputs[0].ValueKind == JsonValueKind.Array ? ([.. Inputs.EnumerateArray().Select(Pair)], true)
            : ([Pair(Inputs)], false);
    }

    private static (string Text, string? Pair) Pair(JsonElement input) =>
        input.ValueKind != JsonValueKind.Array || input.GetArrayLength() is < 1 or > 2 ? throw RequestException.Validation(Expected, "inputs")
        : Checked(input[0], input.GetArrayLength() == 2 ? input[1] : null);

    private static (string Text, string? Pair) Checked(JsonElement text, JsonElement? pair)
    {
        if (text.ValueKind != JsonValueKind.String || pair is { ValueKind: not JsonValueKind.String })
        {
            throw RequestException.Validation(Expected, "inputs");
        }

        return text.GetString() is { Length: > 0 } first ? (first, pair?.GetString()) : throw RequestException.Empty("inputs");
    }
}
