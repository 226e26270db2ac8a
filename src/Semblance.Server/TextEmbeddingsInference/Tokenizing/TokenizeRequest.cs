namespace Semblance.Server.TextEmbeddingsInference;

/// <summary>Represents the body of a request to <c>/tokenize</c>.</summary>
internal sealed record TokenizeRequest
{
    /// <summary>Gets a text, or an array of texts.</summary>
    public required JsonElement Inputs { get; init; }

    /// <summary>Gets a value that indicates whether special tokens are added; <see langword="true"/> by default.</summary>
    public bool? AddSpecialTokens { get; init; }

    /// <summary>Gets the name of a prompt of the model.</summary>
    public string? PromptName { get; init; }

    /// <summary>Returns the texts.</summary>
    /// <exception cref="RequestException">There is no text, or the value is not one.</exception>
    public IReadOnlyList<string> Texts()
    {
        JsonElement[] all = Inputs.ValueKind == JsonValueKind.Array ? [.. Inputs.EnumerateArray()] : [Inputs];
        return all.Length == 0 ? throw RequestException.Empty("inputs")
            : Array.TrueForAll(all, text => text.ValueKind == JsonValueKind.String) ? [.. all.Select(text => text.GetString()!)]
            : throw new RequestException(
                new ServerError(ErrorKind.WrongType, "`inputs` must be a text or an array of texts.") { Parameter = "inputs" });
    }
}
