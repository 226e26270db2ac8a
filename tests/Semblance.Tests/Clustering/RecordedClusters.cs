using System.Text.Json;
using Semblance.Tensors;

namespace Semblance.Tests;

/// <summary>What scikit-learn made of forty points (<c>tests/fixtures/clustering/record.py</c>).</summary>
internal static class RecordedClusters
{
    private static readonly JsonElement Root = JsonDocument.Parse(File.ReadAllText(Fixtures.Own("clustering/expected.json"))).RootElement;

    public static Tensor Points { get; } = Matrix(Root.GetProperty("points"));

    public static JsonElement Get(string name) => Root.GetProperty(name);

    public static int[] Integers(this JsonElement element) => [.. element.EnumerateArray().Select(value => value.GetInt32())];

    public static double[] Numbers(this JsonElement element) => [.. element.EnumerateArray().Select(value => value.GetDouble())];

    public static Tensor Matrix(this JsonElement element)
    {
        var rows = element.EnumerateArray().Select(row => row.Numbers()).ToArray();
        return Tensor.From(rows.SelectMany(row => row.Select(value => (float)value)).ToArray(), rows.Length, rows[0].Length);
    }

    public static Tensor Rows(this Tensor tensor, params int[] rows) =>
        Tensor.From(rows.SelectMany(row => tensor.Row(row).ToArray()).ToArray(), rows.Length, tensor.Columns);

    /// <summary>Groups of points around so many places.</summary>
    public static (Tensor Points, int[] Groups) Groups(int seed, int rows, int columns, int groups, float width = 0.1f)
    {
        var centers = Vectors.Random(seed, groups, columns);
        var points = Vectors.Random(seed + 1, rows, columns);
        for (var i = 0; i < points.Length; i++)
        {
            points.Writable[i] = (points.Values[i] * width) + centers.Values[(i / columns % groups * columns) + (i % columns)];
        }

        return (points, [.. Enumerable.Range(0, rows).Select(row => row % groups)]);
    }

    /// <summary>Clusters numbered as they first appear.</summary>
    public static int[] Renumbered(IEnumerable<int> labels)
    {
        var numbers = new Dictionary<int, int>();
        return [.. labels.Select(label =>
        {
            numbers.TryAdd(label, numbers.Count);
            return numbers[label];
        })];
    }
}
