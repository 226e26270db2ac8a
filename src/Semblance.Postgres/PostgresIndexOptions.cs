namespace Semblance.Postgres;

/// <summary>How an index in PostgreSQL is made; it stays so. Names and defaults are those of pgvector.</summary>
public sealed record PostgresIndexOptions
{
    /// <summary>How vectors are compared: <see cref="SimilarityFunction.Cosine"/> by default. Cosine vectors are kept at length one and compared by the inner product.</summary>
    public SimilarityFunction Similarity { get; init; } = SimilarityFunction.Cosine;

    /// <summary>How vectors are kept; <see cref="PostgresStorage.Float32"/> by default.</summary>
    public PostgresStorage Storage { get; init; }

    /// <summary>How the nearest are found; <see cref="PostgresMethod.Hnsw"/> by default.</summary>
    public PostgresMethod Method { get; init; }

    /// <summary>HNSW: how many neighbours a vector is linked with, from 2 to 100; 16 by default.</summary>
    public int M { get; init; } = 16;

    /// <summary>HNSW: how many candidates are kept while neighbours are looked for, from twice <see cref="M"/> to 1,000; 64 by default.</summary>
    public int EfConstruction { get; init; } = 64;

    /// <summary>IVFFlat: how many lists, from 1 to 32,768; 100 by default. pgvector advises a thousandth of the vectors, beyond a million the square root.</summary>
    public int Lists { get; init; } = 100;

    /// <summary>
    /// A text search configuration of the server, such as <c>english</c> or <c>simple</c>, by which texts are indexed for <see cref="PostgresIndex.HybridSearchAsync"/>; null,
    /// the default, for vectors alone. The first 250,000 characters of a text count.
    /// </summary>
    public string? TextSearch { get; init; }

    /// <summary>Whether writing without spaces (Han, kana) is indexed by pairs of characters: with <see cref="TextSearch"/> <c>simple</c>, what finds Chinese words.</summary>
    public bool Bigrams { get; init; }

    /// <summary>What the vectors were made with, such as <c>model</c>: kept with the index, for its reader.</summary>
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
        }, nameof(dimension), $" for {Storage} vectors and the method {Method}; {nameof(PostgresStorage.Float16)} and {nameof(PostgresStorage.Binary)} take more");
        if (Method == PostgresMethod.IvfFlat && Storage != PostgresStorage.Binary && Similarity == SimilarityFunction.Manhattan)
        {
            throw new ArgumentException("pgvector has no IVFFlat index by the Manhattan distance; use HNSW.");
        }

        if (Bigrams && TextSearch is null)
        {
            throw new ArgumentException("Pairs of characters are for text search; name its configuration, such as 'simple'.");
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
            throw new ArgumentOutOfRangeException(name, value, FormattableString.Invariant($"It must be from {least:N0} to {most:N0}{where}."));
        }
    }
}
