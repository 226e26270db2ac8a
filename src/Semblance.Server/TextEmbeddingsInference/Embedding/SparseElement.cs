namespace Semblance.Server.TextEmbeddingsInference;

/// <summary>Represents an element of a sparse vector.</summary>
/// <param name="Index">The token id.</param>
/// <param name="Value">The weight.</param>
internal readonly record struct SparseElement(int Index, float Value);
