namespace Semblance.Server.TextEmbeddingsInference;

/// <summary>Represents the members that requests have in common.</summary>
internal abstract record TeiRequest
{
    /// <summary>Gets a value that indicates whether long texts are truncated; <see langword="null"/> for the server's default.</summary>
    public bool? Truncate { get; init; }

    /// <summary>Gets the end of a long text that is left out: <c>right</c>, the default; <c>left</c> is not supported.</summary>
    public string? TruncationDirection { get; init; }

    /// <summary>Gets the name of a prompt of the model; <see langword="null"/> for the model's default.</summary>
    public string? PromptName { get; init; }

    /// <summary>Checks the members.</summary>
    /// <exception cref="RequestException">A member is not supported.</exception>
    public void Check()
    {
        if (TruncationDirection is not null && !TruncationDirection.Equals("right", StringComparison.OrdinalIgnoreCase))
        {
            throw RequestException.Validation(
                $"`truncation_direction` is '{TruncationDirection}'; only right is supported.", "truncation_direction");
        }
    }
}
