namespace Semblance;

/// <summary>Represents a search of a corpus of texts: by vectors, by words, by several methods at once, or in several stages.</summary>
public interface IRetriever
{
    /// <summary>Gets the number of texts; the index of a hit is a position among them, from 0.</summary>
    int Count { get; }

    /// <summary>Returns the most relevant texts for each query.</summary>
    /// <param name="queries">The queries.</param>
    /// <param name="topK">The maximum number of hits per query.</param>
    /// <param name="cancellationToken">The token that cancels the operation.</param>
    /// <returns>The hits of each query in descending order of score; hits with equal scores in the order of their indices.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="topK"/> is less than 1.</exception>
    SearchHit[][] Search(IReadOnlyList<string> queries, int topK, CancellationToken cancellationToken = default);
}
