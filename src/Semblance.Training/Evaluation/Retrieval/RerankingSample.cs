namespace Semblance.Training;

/// <summary>Represents a query and the texts to rank for it.</summary>
/// <param name="Query">The query.</param>
/// <param name="Positive">The relevant texts.</param>
/// <param name="Negative">The other texts.</param>
public sealed record RerankingSample(string Query, IReadOnlyList<string> Positive, IReadOnlyList<string> Negative);
