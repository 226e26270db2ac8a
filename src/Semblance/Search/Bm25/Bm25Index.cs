using System.Buffers;
using System.Runtime.InteropServices;
using Semblance.Tensors;

namespace Semblance;

/// <summary>
/// Represents a keyword search index: BM25 (Robertson and Zaragoza 2009, "The Probabilistic Relevance Framework: BM25 and Beyond") over an
/// inverted index. It finds exact terms that <see cref="SemanticSearch"/> may miss, such as names and numbers, and is the usual baseline.
/// </summary>
/// <remarks>
/// The score of a text is the sum over the terms t of the query (see <see cref="Bm25Terms"/>), with repetitions, of
/// idf(t) · f / (f + k1 · (1 − b + b · length / mean length)), where f is the frequency of t in the text, n of N texts contain t,
/// and idf(t) = ln(1 + (N − n + 0.5) / (n + 0.5)), which is never negative: the formula of Lucene since version 8. Texts are added one
/// by one and are not stored; a text takes about two bytes for each distinct term. Any number of threads can search at
/// the same time, but not while a text is added.
/// </remarks>
public sealed class Bm25Index : IRetriever
{
    private readonly Bm25Options _options;
    private readonly Dictionary<string, int> _terms = [];
    private readonly Dictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> _lookup;
    private readonly List<PostingList> _postings = [];
    private readonly List<int> _lengths = [];
    private readonly Dictionary<int, int> _frequencies = []; // of the terms of the text that is being added
    private long _totalLength;

    /// <summary>Initializes a new instance of the <see cref="Bm25Index"/> class that is empty.</summary>
    /// <param name="options">The parameters k1 and b; 1.2 and 0.75 by default.</param>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of range.</exception>
    public Bm25Index(Bm25Options? options = null)
    {
        _options = options ?? new Bm25Options();
        _options.Check();
        _lookup = _terms.GetAlternateLookup<ReadOnlySpan<char>>();
    }

    /// <summary>Initializes a new instance of the <see cref="Bm25Index"/> class from texts.</summary>
    /// <inheritdoc cref="Bm25Index(Bm25Options?)"/>
    /// <param name="texts">The texts; searches return their indices, from 0.</param>
    /// <param name="options">The parameters k1 and b; 1.2 and 0.75 by default.</param>
    public Bm25Index(IEnumerable<string> texts, Bm25Options? options = null)
        : this(options)
    {
        ArgumentNullException.ThrowIfNull(texts);
        foreach (var text in texts)
        {
            Add(text);
        }
    }

    /// <summary>Gets the number of texts.</summary>
    public int Count => _lengths.Count;

    /// <summary>Adds a text after the others.</summary>
    /// <param name="text">The text; one without terms is never found but has an index.</param>
    /// <returns>The index of the text, from 0.</returns>
    public int Add(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var place = _lengths.Count;
        _frequencies.Clear();
        Bm25Terms.Visit(
            text,
            this,
            static (index, term) => CollectionsMarshal.GetValueRefOrAddDefault(index._frequencies, index.Number(term), out _)++);
        var length = 0;
        foreach (var (term, frequency) in _frequencies)
        {
            _postings[term].Add(place, frequency);
            length += frequency;
        }

        _lengths.Add(length);
        _totalLength += length;
        return place;
    }

    /// <summary>Returns the texts with the highest scores for a query.</summary>
    /// <param name="query">The query.</param>
    /// <param name="topK">The maximum number of hits; 10 by default.</param>
    /// <returns>
    /// The hits in descending order of score; hits with equal scores in the order of their indices. Texts without a term of the query are
    /// not included.
    /// </returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="topK"/> is less than 1.</exception>
    public SearchHit[] Search(string query, int topK = 10)
    {
        ArgumentNullException.ThrowIfNull(query);
        ArgumentOutOfRangeException.ThrowIfLessThan(topK, 1);
        var scores = ArrayPool<float>.Shared.Rent(Count);
        try
        {
            var all = scores.AsSpan(0, Count);
            all.Clear();
            foreach (var (term, weight) in Weights(query))
            {
                AddScores(_postings[term], weight, all);
            }

            var best = new Best<SearchHit>(topK, float.Epsilon);
            for (var text = ScoreScan.Next(all, 0, best.Threshold); text < all.Length; text = ScoreScan.Next(all, text + 1, best.Threshold))
            {
                best.Add(new SearchHit(text, all[text]));
            }

            return best.ToArray();
        }
        finally
        {
            ArrayPool<float>.Shared.Return(scores);
        }
    }

    /// <inheritdoc/>
    public SearchHit[][] Search(IReadOnlyList<string> queries, int topK, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(queries);
        var hits = new SearchHit[queries.Count][];
        Workers.Shared.For(hits.Length, int.MaxValue, query => hits[query] = Search(queries[query], topK), cancellationToken);
        return hits;
    }

    // The number of a term; a new term gets the next one.
    private int Number(ReadOnlySpan<char> term)
    {
        if (!_lookup.TryGetValue(term, out var number))
        {
            number = _postings.Count;
            _terms.Add(term.ToString(), number);
            _postings.Add(new PostingList());
        }

        return number;
    }

    // The number of occurrences of each term of the query, in the order of first occurrence.
    private OrderedDictionary<int, double> Weights(string query)
    {
        var weights = new OrderedDictionary<int, double>();
        Bm25Terms.Visit(query, (Index: this, Weights: weights), static (state, term) =>
        {
            if (state.Index._lookup.TryGetValue(term, out var number))
            {
                var texts = state.Index._postings[number].Count;
                var idf = Math.Log(1 + ((state.Index.Count - texts + 0.5) / (texts + 0.5)));
                state.Weights[number] = state.Weights.GetValueOrDefault(number) + idf;
            }
        });
        return weights;
    }

    private void AddScores(PostingList postings, double weight, Span<float> scores)
    {
        var lengths = CollectionsMarshal.AsSpan(_lengths);
        var fixedPart = (float)(_options.K1 * (1 - _options.B));
        var lengthPart = (float)(_options.K1 * _options.B * Count / _totalLength);
        var factor = (float)weight;
        for (var reader = postings.Read(); reader.MoveNext();)
        {
            scores[reader.Text] += factor * reader.Frequency / (reader.Frequency + fixedPart + (lengthPart * lengths[reader.Text]));
        }
    }
}
