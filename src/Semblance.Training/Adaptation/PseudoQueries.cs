namespace Semblance.Training;

/// <summary>
/// Makes queries for passages from the passages themselves: the title of a document for its first passage, a sentence for the rest of its
/// passage (the inverse cloze task, Lee et al. 2019, arXiv:1906.00300), and the words that are most typical of a passage.
/// </summary>
internal sealed class PseudoQueries
{
    private const int FewestTokens = 8; // of a sentence that is a query
    private const int FewestSentences = 3;
    private const int ShortestKeyword = 3;
    private const int FewestKeywords = 2;
    private const int MostKeywords = 5;

    private readonly Dictionary<string, int> _passagesOfTerm = new(StringComparer.Ordinal);
    private readonly int _count;

    /// <summary>Initializes a new instance of the <see cref="PseudoQueries"/> class and counts the words of all passages.</summary>
    public PseudoQueries(IReadOnlyCollection<Passage> passages)
    {
        _count = passages.Count;
        foreach (var term in passages.SelectMany(passage => Bm25Terms.Of(passage.Text).Distinct(StringComparer.Ordinal)))
        {
            _passagesOfTerm[term] = _passagesOfTerm.GetValueOrDefault(term) + 1;
        }
    }

    /// <summary>Returns queries for a passage: the title, then sentences and keywords in turn.</summary>
    /// <param name="passage">The passage.</param>
    /// <param name="count">The maximum number of queries.</param>
    /// <param name="seed">The random seed, another one for each passage.</param>
    /// <param name="withKeywords"><see langword="false"/> to leave keywords out.</param>
    /// <returns>The queries, each with the text to find: the passage without the sentence that is the query.</returns>
    public IEnumerable<(string Query, string Text)> Of(Passage passage, int count, long seed, bool withKeywords = true)
    {
        var sentences = new Queue<int>(passage.Sentences.Count < FewestSentences
            ? []
            : Permutation.Of(passage.Sentences.Count, seed, 0).Where(sentence => passage.Tokens[sentence] >= FewestTokens));
        var queries = new List<(string, string)>();
        if (passage.Title is { } title)
        {
            queries.Add((title, passage.Text));
        }

        var keywords = withKeywords ? Keywords(passage, FewestKeywords + (int)(seed % (MostKeywords - FewestKeywords + 1))) : null;
        while (queries.Count < count && (sentences.Count > 0 || keywords is not null))
        {
            if (sentences.TryDequeue(out var sentence))
            {
                queries.Add((passage.Sentences[sentence].Trim(), passage.Without(sentence)));
            }

            if (keywords is not null && queries.Count < count)
            {
                queries.Add((keywords, passage.Text));
                keywords = null;
            }
        }

        return queries.Take(count);
    }

    // The words with the highest term frequency × inverse document frequency, in the order of the text; null if there are too few.
    private string? Keywords(Passage passage, int count)
    {
        var terms = Bm25Terms.Of(passage.Text);
        string[] best =
        [
            .. terms.Where(term => term.Length >= ShortestKeyword && !term.All(char.IsAsciiDigit))
                .GroupBy(term => term, StringComparer.Ordinal)
                .OrderByDescending(group => group.Count() * Math.Log((double)_count / _passagesOfTerm.GetValueOrDefault(group.Key, 1)))
                .Take(count)
                .Select(group => group.Key),
        ];
        return best.Length < FewestKeywords ? null : string.Join(' ', terms.Distinct(StringComparer.Ordinal).Where(best.Contains));
    }
}
