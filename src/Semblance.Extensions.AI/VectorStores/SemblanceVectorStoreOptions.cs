using Microsoft.Extensions.AI;

namespace Semblance.Extensions.AI;

/// <summary>Provides the options of a <see cref="SemblanceVectorStore"/>.</summary>
public sealed class SemblanceVectorStoreOptions
{
    /// <summary>
    /// Gets or sets the embedding generator of collections and properties that have none; <see langword="null"/>, the default, for none.
    /// </summary>
    public IEmbeddingGenerator? EmbeddingGenerator { get; set; }

    /// <summary>
    /// Gets or sets the number of candidates that an approximate search keeps (ef of HNSW); 100 by default, and at least the number of
    /// hits.
    /// </summary>
    public int Ef { get; set; } = 100;

    /// <summary>
    /// Gets or sets the number of nearest vectors, and of best texts, that a hybrid search fuses; 100 by default, and at least the number
    /// of hits.
    /// </summary>
    public int HybridCandidates { get; set; } = 100;
}
