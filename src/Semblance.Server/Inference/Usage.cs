namespace Semblance.Server.Inference;

/// <summary>Represents what a request cost.</summary>
/// <param name="Tokens">The number of tokens that were encoded, special tokens and prompts included.</param>
/// <param name="Characters">The number of characters of the texts.</param>
/// <param name="Truncated">The zero-based indices of the texts that were truncated.</param>
/// <param name="Timings">How long the parts took.</param>
internal sealed record Usage(long Tokens, long Characters, IReadOnlyList<int> Truncated, Timings Timings)
{
    /// <summary>Gets the time that the request waited for the model to be loaded.</summary>
    public TimeSpan LoadTime { get; init; }

    /// <summary>Adds the usage of two steps of one request, of which the second has the texts that were numbered.</summary>
    public static Usage operator +(Usage a, Usage b) =>
        new(a.Tokens + b.Tokens, a.Characters + b.Characters, b.Truncated, a.Timings + b.Timings) { LoadTime = a.LoadTime };
}
