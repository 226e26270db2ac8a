namespace Semblance.Extensions.AI;

/// <summary>Represents the definition of an index that a <see cref="SemblanceVectorStore"/> creates.</summary>
/// <param name="Dimension">The number of elements of each vector.</param>
/// <param name="Similarity">The similarity function.</param>
/// <param name="IndexKind">
/// A name of <see cref="Microsoft.Extensions.VectorData.IndexKind"/>; <see langword="null"/> for the default.
/// </param>
/// <param name="HasText"><see langword="true"/> if the texts of the records are to be searched by words.</param>
/// <param name="Attributes">The attributes to store with the index.</param>
public sealed record VectorIndexDefinition(
    int Dimension,
    SimilarityFunction Similarity,
    string? IndexKind,
    bool HasText,
    IReadOnlyDictionary<string, string> Attributes);
