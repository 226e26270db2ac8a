namespace Semblance;

/// <summary>Represents the options of an index, fixed when it is built. Names and defaults are those of hnswlib.</summary>
public sealed record HnswOptions
{
    /// <summary>
    /// Gets the similarity function: <see cref="SimilarityFunction.Cosine"/> by default; <see cref="SimilarityFunction.Manhattan"/> is not
    /// supported.
    /// </summary>
    public SimilarityFunction Similarity { get; init; } = SimilarityFunction.Cosine;

    /// <summary>
    /// Gets the precision of the vectors that the graph is searched with: <see cref="Precision.Float32"/> by default,
    /// <see cref="Precision.Int8"/> or <see cref="Precision.Binary"/>. For the last two, the candidates are rescored with the float32
    /// vectors, which are read from the disk.
    /// </summary>
    public Precision Precision { get; init; } = Precision.Float32;

    /// <summary>
    /// Gets the number of neighbors of a vector on the upper layers, twice as many on the lowest layer; 16 by default, from 2 to 256.
    /// </summary>
    public int M { get; init; } = 16;

    /// <summary>Gets the number of candidates for the neighbors of a new vector (ef_construction); 200 by default.</summary>
    public int EfConstruction { get; init; } = 200;

    /// <summary>Gets the random seed of the layers; 100 by default.</summary>
    public int Seed { get; init; } = 100;

    /// <summary>Gets the attributes to store with the index, such as the <c>model</c> that encoded the vectors.</summary>
    public IReadOnlyDictionary<string, string> Attributes { get; init; } = new Dictionary<string, string>();

    internal void Check()
    {
        if (Similarity.Checked() == SimilarityFunction.Manhattan)
        {
            throw new ArgumentOutOfRangeException(
                nameof(Similarity),
                Similarity,
                "An index compares by cosine, dot product or Euclidean distance; the Manhattan distance is for exact search " +
                "(SemanticSearch).");
        }

        if (Precision is not (Precision.Float32 or Precision.Int8 or Precision.Binary))
        {
            throw new ArgumentOutOfRangeException(
                nameof(Precision), Precision, "The precision of an index must be Float32, Int8 or Binary.");
        }

        ArgumentOutOfRangeException.ThrowIfLessThan(M, 2);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(M, 256);
        ArgumentOutOfRangeException.ThrowIfLessThan(EfConstruction, 1);
        foreach (var (name, value) in Attributes)
        {
            StoredText.Bytes(name, () => $"The name of an attribute ('{StoredText.Escaped(name)}')");
            StoredText.Bytes(
                value ?? throw new ArgumentException(
                    $"The attribute '{StoredText.Escaped(name)}' has no value (null); leave it out, or give it a text."),
                () => $"The attribute '{StoredText.Escaped(name)}'");
        }
    }
}
