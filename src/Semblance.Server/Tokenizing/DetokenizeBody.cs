namespace Semblance.Server.Tokenizing;

/// <summary>Represents the body of a request to <c>/detokenize</c>.</summary>
internal sealed record DetokenizeBody
{
    /// <summary>Gets the name of the model; <see langword="null"/> for the first one.</summary>
    public string? Model { get; init; }

    /// <summary>Gets the token ids.</summary>
    public required IReadOnlyList<int> Tokens { get; init; }
}
