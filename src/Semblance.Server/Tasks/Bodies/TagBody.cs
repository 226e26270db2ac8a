using Semblance.Server.Reranking;

namespace Semblance.Server.Tasks;

/// <summary>Represents the body of a request for entities.</summary>
internal sealed record TagBody
{
    /// <summary>Gets the texts.</summary>
    public required TextOrTexts Input { get; init; }

    /// <summary>Gets the name of the model; <see langword="null"/> for the first token classifier.</summary>
    public string? Model { get; init; }

    /// <summary>Gets the name of an <see cref="AggregationStrategy"/>; <c>simple</c> by default.</summary>
    public string? Aggregation { get; init; }

    /// <summary>Gets the unit of positions: <c>code-points</c>, the default, or <c>utf-16</c>.</summary>
    public string? Offsets { get; init; }
}
