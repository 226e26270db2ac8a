namespace Semblance.Server.Collections;

/// <summary>Represents a collection.</summary>
/// <param name="Name">The name.</param>
/// <param name="Model">The name of the model.</param>
/// <param name="Dimension">The number of elements of a vector.</param>
/// <param name="Count">The number of vectors: one for each document, or for each passage.</param>
/// <param name="Truncation">The treatment of long documents.</param>
internal sealed record CollectionInfo(string Name, string? Model, int Dimension, long Count, string Truncation)
{
    /// <summary>Describes a collection.</summary>
    public static async Task<CollectionInfo> OfAsync(Collection collection, CancellationToken cancellationToken) => new(
        collection.Name, collection.Settings.Model, collection.Index.Dimension,
        await collection.Index.CountAsync(cancellationToken).ConfigureAwait(false),
        collection.Settings.Truncation.ToString().ToLowerInvariant());
}
