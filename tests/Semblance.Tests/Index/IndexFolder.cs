using Semblance.Tensors;

namespace Semblance.Tests;

/// <summary>A folder for an index that is gone after the test, and vectors to put in it.</summary>
internal sealed class IndexFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("semblance-index-").FullName;

    public string File(string ending) => Directory.EnumerateFiles(Path).Single(file => file.EndsWith(ending, StringComparison.Ordinal));

    /// <summary>Vectors in groups, as sentence vectors lie.</summary>
    public static Tensor Clustered(int seed, int rows, int columns, int groups = 40)
    {
        var (centers, noise) = (Vectors.Random(seed, groups, columns), Vectors.Random(seed + 1, rows, columns));
        for (var i = 0; i < rows; i++)
        {
            for (var j = 0; j < columns; j++)
            {
                noise.Writable[(i * columns) + j] = centers.Row(i % groups)[j] + (0.7f * noise.Row(i)[j]);
            }
        }

        return noise;
    }

    public static IEnumerable<VectorRecord> Records(Tensor vectors) => Enumerable.Range(0, vectors.Rows).Select(i => new VectorRecord(
        i % 3 == 0 ? $"text {i}" : i, vectors.Row(i).ToArray(), i % 5 == 0 ? null : $"sentence {i}", new Dictionary<string, string> { ["group"] = $"{i % 40}", ["tenth"] = $"{i / 10}" }));

    public static Task<HnswIndex> BuildAsync(string path, Tensor vectors, HnswOptions? options = null, int maxThreads = int.MaxValue) =>
        HnswIndex.BuildAsync(path, Records(vectors).ToAsyncEnumerable(), options, maxThreads);

    /// <summary>The nearest by comparing all, with the library's own similarity.</summary>
    public static VectorId[] Nearest(IEnumerable<VectorRecord> records, ReadOnlySpan<float> query, SimilarityFunction similarity, int topK)
    {
        var vector = query.ToArray();
        return [.. records.OrderByDescending(record => Similarity.Of(vector, record.Vector.Span, similarity)).Take(topK).Select(record => record.Id)];
    }

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
