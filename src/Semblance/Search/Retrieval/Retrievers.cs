namespace Semblance;

/// <summary>Provides extension methods for <see cref="IRetriever"/>.</summary>
public static class Retrievers
{
    /// <summary>Returns the most relevant texts for one query.</summary>
    /// <param name="retriever">The retriever.</param>
    /// <param name="query">The query.</param>
    /// <param name="topK">The maximum number of hits; 10 by default.</param>
    /// <param name="cancellationToken">The token that cancels the operation.</param>
    /// <returns>The hits in descending order of score.</returns>
    public static SearchHit[] Search(this IRetriever retriever, string query, int topK = 10, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(retriever);
        ArgumentNullException.ThrowIfNull(query);
        return retriever.Search([query], topK, cancellationToken)[0];
    }
}
