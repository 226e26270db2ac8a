using Npgsql;

namespace Semblance.Postgres.Tests;

/// <summary>An index that is dropped after the test, and vectors to put in it.</summary>
public sealed class TestIndex(PostgresIndex index, NpgsqlDataSource source) : IAsyncDisposable
{
    public PostgresIndex Index => index;

    public static float[] Vector(Random random, int dimension) => [.. Enumerable.Range(0, dimension).Select(_ => (float)((random.NextDouble() * 2) - 1))];

    /// <summary>Vectors in groups, as sentence vectors lie; ids of both kinds, some without text or labels.</summary>
    public static List<VectorRecord> Records(int seed, int count, int dimension, int groups = 20)
    {
        var random = new Random(seed);
        var centers = Enumerable.Range(0, groups).Select(_ => Vector(random, dimension)).ToArray();
        return [.. Enumerable.Range(0, count).Select(i => new VectorRecord(
            i % 3 == 0 ? $"text {i}" : i,
            Vector(random, dimension).Zip(centers[i % groups], (a, b) => (0.6f * a) + b).ToArray(),
            i % 5 == 0 ? null : $"sentence {i}",
            i % 7 == 0 ? null : new Dictionary<string, string> { ["group"] = $"{i % groups}", ["half"] = i % 2 == 0 ? "even" : "odd" }))];
    }

    /// <summary>The nearest by comparing all, with the library's own similarity.</summary>
    public static VectorId[] Nearest(IEnumerable<VectorRecord> records, ReadOnlyMemory<float> query, SimilarityFunction similarity, int topK) =>
        [.. records.OrderByDescending(record => Similarity.Of(query.Span, record.Vector.Span, similarity)).Take(topK).Select(record => record.Id)];

    public async ValueTask DisposeAsync() => await PostgresIndex.DropAsync(source, index.Name);
}
