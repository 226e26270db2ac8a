namespace Semblance.Extensions.AI;

/// <summary>
/// Represents a sparse embedding, with a weight for each token of the vocabulary, as an embedding of Microsoft.Extensions.AI. An
/// <c>IEmbeddingGenerator&lt;string, SparseVectorEmbedding&gt;</c> computes it, so that every middleware of embedding generators applies.
/// </summary>
/// <param name="vector">The vector.</param>
public sealed class SparseVectorEmbedding(SparseVector vector) : Microsoft.Extensions.AI.Embedding
{
    /// <summary>Gets the vector.</summary>
    public SparseVector Vector { get; } = vector ?? throw new ArgumentNullException(nameof(vector));

    /// <inheritdoc/>
    public override int Dimensions => Vector.Dimension;
}
