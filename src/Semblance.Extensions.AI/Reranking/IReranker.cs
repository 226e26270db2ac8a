namespace Semblance.Extensions.AI;

/// <summary>
/// Represents a service that orders texts by their relevance to a query, in the manner of the interfaces of Microsoft.Extensions.AI.
/// </summary>
/// <remarks>Implementations are thread-safe.</remarks>
public interface IReranker : IDisposable
{
    /// <summary>Orders documents by their relevance to a query.</summary>
    /// <param name="query">The query.</param>
    /// <param name="documents">The documents.</param>
    /// <param name="options">The options; <see langword="null"/> for the defaults.</param>
    /// <param name="cancellationToken">The token that cancels the operation.</param>
    /// <returns>The documents with their scores, in descending order of score.</returns>
    Task<RerankResponse> RerankAsync(
        string query, IEnumerable<string> documents, RerankOptions? options = null, CancellationToken cancellationToken = default);

    /// <summary>Returns a service of this object or of one that it wraps, such as the model; <see langword="null"/> for none.</summary>
    /// <param name="serviceType">The type of the service.</param>
    /// <param name="serviceKey">The key of the service; <see langword="null"/> for none.</param>
    object? GetService(Type serviceType, object? serviceKey = null);
}
