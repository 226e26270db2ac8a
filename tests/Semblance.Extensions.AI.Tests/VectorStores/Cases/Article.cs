using Microsoft.Extensions.VectorData;

namespace Semblance.Extensions.AI.Tests.VectorStores;

/// <summary>A record of a class with attributes.</summary>
public sealed class Article
{
    [VectorStoreKey]
    public string Key { get; set; } = "";

    [VectorStoreData(StorageName = "text", IsIndexed = true)]
    public string? Text { get; set; }

    [VectorStoreData(StorageName = "number")]
    public int Number { get; set; }

    [VectorStoreVector(dimensions: 3, StorageName = "vector")]
    public ReadOnlyMemory<float> Vector { get; set; }
}
