namespace Semblance;

/// <summary>Something that finds the texts of a corpus that answer a query: by vectors, by words, by several ways at once, or in several stages.</summary>
public interface IRetriever
{
    /// <summary>The number of texts that are searched; a hit's index is a place among them, from 0.</summary>
    int Count { get; }

    /// <summary>The texts that answer each query best.</summary>
    /// <param name="queries">Any texts.</param>
    /// <param name="topK">How many hits a query gets at most.</param>
    /// <param name="cancellationToken">Stops the search.</param>
    /// <returns>For each query its hits, the best first and the lower place first among equals.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="topK"/> is below 1.</exception>
    SearchHit[][] Search(IReadOnlyList<string> queries, int topK, CancellationToken cancellationToken = default);
}
