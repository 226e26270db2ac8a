using System.Globalization;
using Microsoft.Extensions.VectorData;

namespace Semblance.Extensions.AI.Tests;

/// <summary>
/// The program that the test of kills starts, with a folder and the first key: it writes records and prints the key of each when it is
/// acknowledged, until it is killed.
/// </summary>
internal static class KilledWriter
{
    public const string Collection = "written";

    public static VectorStoreCollectionDefinition Definition => new()
    {
        Properties =
        [
            new VectorStoreKeyProperty("Key", typeof(int)),
            new VectorStoreDataProperty("Text", typeof(string)) { IsFullTextIndexed = true },
            new VectorStoreVectorProperty("Vector", typeof(float[]), 8),
        ],
    };

    public static Dictionary<string, object?> Record(int key) => new()
    {
        ["Key"] = key,
        ["Text"] = string.Concat(Enumerable.Repeat($"text {key} ", 1 + (key % 50))),
        ["Vector"] = Enumerable.Range(0, 8).Select(i => (float)Math.Sin(key + i)).ToArray(),
    };

    public static async Task Main(string[] arguments)
    {
        using var store = new SemblanceVectorStore(arguments[0]);
        var collection = store.GetDynamicCollection(Collection, Definition);
        await collection.EnsureCollectionExistsAsync();
        for (var key = int.Parse(arguments[1], CultureInfo.InvariantCulture); ; key++)
        {
            await collection.UpsertAsync(Record(key));
            Console.WriteLine(key);
        }
    }
}
