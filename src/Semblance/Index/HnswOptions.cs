namespace Semblance;

/// <summary>How an index is built; it stays so for the index's life. Names and defaults are those of the HNSW paper's library.</summary>
public sealed record HnswOptions
{
    /// <summary>How vectors are compared: <see cref="SimilarityFunction.Cosine"/> by default; all but <see cref="SimilarityFunction.Manhattan"/>.</summary>
    public SimilarityFunction Similarity { get; init; } = SimilarityFunction.Cosine;

    /// <summary>
    /// What the search walks over: <see cref="Precision.Float32"/> by default, <see cref="Precision.Int8"/> or <see cref="Precision.Binary"/>. Of the smaller ones,
    /// the candidates are compared again as float32, which stays on the disk until then.
    /// </summary>
    public Precision Precision { get; init; } = Precision.Float32;

    /// <summary>How many neighbours a vector is linked with on the upper layers, twice as many on the lowest; 16 by default, from 2 to 256.</summary>
    public int M { get; init; } = 16;

    /// <summary>How many candidates are kept while a vector's neighbours are looked for (ef_construction); 200 by default.</summary>
    public int EfConstruction { get; init; } = 200;

    /// <summary>What the layers are drawn with.</summary>
    public int Seed { get; init; } = 100;

    /// <summary>What the vectors were made with, such as <c>model</c>: kept with the index, for its reader.</summary>
    public IReadOnlyDictionary<string, string> Attributes { get; init; } = new Dictionary<string, string>();

    internal void Check()
    {
        if (Similarity.Checked() == SimilarityFunction.Manhattan)
        {
            throw new ArgumentOutOfRangeException(nameof(Similarity), Similarity, "An index compares by cosine, dot product or Euclidean distance; the Manhattan distance is for exact search (SemanticSearch).");
        }

        if (Precision is not (Precision.Float32 or Precision.Int8 or Precision.Binary))
        {
            throw new ArgumentOutOfRangeException(nameof(Precision), Precision, "An index keeps Float32, Int8 or Binary vectors.");
        }

        ArgumentOutOfRangeException.ThrowIfLessThan(M, 2);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(M, 256);
        ArgumentOutOfRangeException.ThrowIfLessThan(EfConstruction, 1);
        foreach (var (name, value) in Attributes)
        {
            StoredText.Bytes(name, () => $"The name of an attribute ('{StoredText.Escaped(name)}')");
            StoredText.Bytes(value ?? throw new ArgumentException($"The attribute '{StoredText.Escaped(name)}' has no value (null); leave it out, or give it a text."), () => $"The attribute '{StoredText.Escaped(name)}'");
        }
    }
}
