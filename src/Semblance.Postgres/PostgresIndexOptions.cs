namespace Semblance.Postgres;

/// <summary>Represents the options of an index in PostgreSQL, fixed when it is created. Names and defaults are those of pgvector.</summary>
public sealed record PostgresIndexOptions
{
    /// <summary>
    /// Gets the similarity function; <see cref="SimilarityFunction.Cosine"/> by default. For cosine, vectors are normalized when stored and
    /// compared by the inner product.
    /// </summary>
    public SimilarityFunction Similarity { get; init; } = SimilarityFunction.Cosine;

    /// <summary>Gets the storage type of the vectors; <see cref="PostgresStorage.Float32"/> by default.</summary>
    public PostgresStorage Storage { get; init; }

    /// <summary>Gets the search method; <see cref="PostgresMethod.Hnsw"/> by default.</summary>
    public PostgresMethod Method { get; init; }

    /// <summary>Gets the number of neighbors of a vector in HNSW, from 2 to 100; 16 by default.</summary>
    public int M { get; init; } = 16;

    /// <summary>
    /// Gets the number of candidates for the neighbors of a new vector in HNSW, from twice <see cref="M"/> to 1,000; 64 by default.
    /// </summary>
    public int EfConstruction { get; init; } = 64;

    /// <summary>
    /// Gets the number of lists of IVFFlat, from 1 to 32,768; 100 by default. pgvector recommends rows / 1,000, and the square root of rows
    /// above a million.
    /// </summary>
    public int Lists { get; init; } = 100;

    /// <summary>
    /// Gets the text search configuration of the server, such as <c>english</c> or <c>simple</c>, that texts are indexed with for
    /// <see cref="PostgresIndex.HybridSearchAsync"/>; <see langword="null"/>, the default, for no text search. The first 250,000 characters
    /// of a text are indexed.
    /// </summary>
    public string? TextSearch { get; init; }

    /// <summary>
    /// Gets a value that indicates whether text without spaces (Han, kana) is indexed as pairs of characters; use it with
    /// <see cref="TextSearch"/> <c>simple</c> to find Chinese words.
    /// </summary>
    public bool Bigrams { get; init; }

    /// <summary>Gets the attributes to store with the index, such as the <c>model</c> that encoded the vectors.</summary>
    public IReadOnlyDictionary<string, string> Attributes { get; init; } = new Dictionary<string, string>();

    internal void Check(int dimension)
    {
        Defined(Similarity);
        Defined(Storage);
        Defined(Method);
        Between(M, 2, 100, nameof(M));
        Between(EfConstruction, Method == PostgresMethod.Hnsw ? Math.Max(4, 2 * M) : 1, 1000, nameof(EfConstruction));
        Between(Lists, 1, 32_768, nameof(Lists));
        Between(dimension, 1, (Storage, Method) switch
        {
            (PostgresStorage.Float32, not PostgresMethod.Exact) => 2_000,
            (PostgresStorage.Float16, not PostgresMethod.Exact) => 4_000,
            _ => 16_000,
        }, nameof(dimension), $" for {Storage} vectors and the method {Method}; " +
            $"{nameof(PostgresStorage.Float16)} and {nameof(PostgresStorage.Binary)} take more");
        if (Method == PostgresMethod.IvfFlat && Storage != PostgresStorage.Binary && Similarity == SimilarityFunction.Manhattan)
        {
            throw new ArgumentException("pgvector does not support the Manhattan distance with IVFFlat; use HNSW.");
        }

        if (Bigrams && TextSearch is null)
        {
            throw new ArgumentException("Bigrams need text search; set TextSearch to a configuration, such as 'simple'.");
        }

        foreach (var (name, value) in Attributes)
        {
            KeptText.Check(name, () => $"The name of an attribute ('{StoredText.Escaped(name)}')");
            KeptText.Check(value, () => $"The attribute '{StoredText.Escaped(name)}'");
        }
    }

    private static void Defined<T>(T value)
        where T : struct, Enum
    {
        if (!Enum.IsDefined(value))
        {
            throw new ArgumentOutOfRangeException(typeof(T).Name, value, "There is no such value.");
        }
    }

    private static void Between(int value, int least, int most, string name, string where = "")
    {
        if (value < least || value > most)
        {
            throw new ArgumentOutOfRangeException(
                name, value, FormattableString.Invariant($"It must be from {least:N0} to {most:N0}{where}."));
        }
    }
}
