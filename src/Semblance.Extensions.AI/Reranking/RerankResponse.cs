using Microsoft.Extensions.AI;

namespace Semblance.Extensions.AI;

/// <summary>Represents the documents of a request to an <see cref="IReranker"/>, in descending order of score.</summary>
/// <param name="Results">The documents with their scores.</param>
public sealed record RerankResponse(IReadOnlyList<RankedDocument> Results)
{
    /// <summary>Gets the name of the model.</summary>
    public string? ModelId { get; init; }

    /// <summary>Gets the number of tokens; <see langword="null"/> if it is not known.</summary>
    public UsageDetails? Usage { get; init; }
}
