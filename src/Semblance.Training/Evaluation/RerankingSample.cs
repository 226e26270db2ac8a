namespace Semblance.Training;

/// <summary>A question and the texts to be ranked for it.</summary>
/// <param name="Query">The question.</param>
/// <param name="Positive">The texts that answer it.</param>
/// <param name="Negative">The texts that do not.</param>
public sealed record RerankingSample(string Query, IReadOnlyList<string> Positive, IReadOnlyList<string> Negative);
