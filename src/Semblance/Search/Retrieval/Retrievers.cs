namespace Semblance;

/// <summary>Shorter ways to ask a retriever.</summary>
public static class Retrievers
{
    /// <summary>The texts that answer one query best.</summary>
    /// <param name="retriever">What searches.</param>
    /// <param name="query">Any text.</param>
    /// <param name="topK">How many hits at most; 10 by default.</param>
    /// <param name="cancellationToken">Stops the search.</param>
    /// <returns>The hits, the best first.</returns>
    public static SearchHit[] Search(this IRetriever retriever, string query, int topK = 10, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(retriever);
        ArgumentNullException.ThrowIfNull(query);
        return retriever.Search([query], topK, cancellationToken)[0];
    }
}
