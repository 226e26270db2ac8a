using Semblance.Tensors;
using TensorPrimitives = System.Numerics.Tensors.TensorPrimitives;

namespace Semblance;

/// <summary>
/// Late interaction (Khattab and Zaharia 2020, arXiv:2004.12832): each token of a query finds its nearest in the document, by the dot product, and these
/// products add up.
/// </summary>
/// <remarks>The score of a query and a document has the same bits alone and in any company.</remarks>
public static class MaxSim
{
    /// <summary>The score of a document without tokens: below any other, and no obstacle to arithmetic.</summary>
    public const float EmptyDocument = -1e9f;

    // So many query tokens at a time, and so many of a document: their products stay in the cache until they are taken from it.
    private const int BlockQueryTokens = 1024;
    private const int BlockRows = 252;

    /// <summary>The scores of all queries with all documents, on all threads; the products of tokens never exist as a whole.</summary>
    /// <param name="queries">m queries, each <c>[tokens × dimensions]</c>.</param>
    /// <param name="documents">n documents, each <c>[tokens × dimensions]</c>.</param>
    /// <param name="isMean">Whether scores are divided by the number of the query's tokens.</param>
    /// <param name="maxThreads">The most threads to use; null for one for each physical core.</param>
    /// <param name="cancellationToken">Stops between two documents.</param>
    /// <returns><c>[m × n]</c>; larger is more alike. A query without tokens scores 0.</returns>
    /// <exception cref="ArgumentException">Vectors differ in dimensions.</exception>
    public static Tensor Matrix(IReadOnlyList<Tensor> queries, IReadOnlyList<Tensor> documents, bool isMean = false, int? maxThreads = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(queries);
        ArgumentNullException.ThrowIfNull(documents);
        ArgumentOutOfRangeException.ThrowIfLessThan(maxThreads ?? 1, 1, nameof(maxThreads));
        var scores = Tensor.Zeros(queries.Count, documents.Count);
        if (queries.Count == 0 || documents.Count == 0)
        {
            return scores;
        }

        foreach (var tensor in queries.Concat(documents))
        {
            TensorRows.CheckWidth(queries[0], tensor, nameof(documents));
        }

        for (int first = 0, end; first < queries.Count; first = end)
        {
            var tokens = queries[first].Rows;
            for (end = first + 1; end < queries.Count && tokens + queries[end].Rows <= BlockQueryTokens; end++)
            {
                tokens += queries[end].Rows;
            }

            if (tokens > 0)
            {
                Score(queries, first, end, tokens, documents, scores, isMean, maxThreads ?? int.MaxValue, cancellationToken);
            }
        }

        return scores;
    }

    /// <summary>The score of one query with one document.</summary>
    /// <param name="query"><c>[tokens × dimensions]</c>.</param>
    /// <param name="document"><c>[tokens × dimensions]</c>.</param>
    /// <param name="isMean">Whether the score is divided by the number of the query's tokens.</param>
    /// <exception cref="ArgumentException">The two differ in dimensions.</exception>
    public static float Of(Tensor query, Tensor document, bool isMean = false) => Matrix([query], [document], isMean).Values[0];

    private static void Score(
        IReadOnlyList<Tensor> queries, int first, int end, int tokens, IReadOnlyList<Tensor> documents, Tensor scores, bool isMean, int maxThreads, CancellationToken cancellationToken)
    {
        var joined = Tensor.Zeros(tokens, queries[0].Columns);
        for (int query = first, row = 0; query < end; row += queries[query++].Rows)
        {
            queries[query].Values.CopyTo(joined.Writable[(row * joined.Columns)..]);
        }

        var product = new PreparedMatrix(joined);
        product.Prepare();
        Workers.Shared.For(documents.Count, maxThreads, place =>
        {
            var nearest = new float[tokens];
            Nearest(product, documents[place], nearest);
            for (int query = first, row = 0; query < end; row += queries[query++].Rows)
            {
                double sum = 0;
                foreach (var product in nearest.AsSpan(row, queries[query].Rows))
                {
                    sum += product;
                }

                var count = queries[query].Rows;
                scores.Writable[(query * documents.Count) + place] = count == 0 ? 0 : documents[place].Rows == 0 ? EmptyDocument : (float)(isMean ? sum / count : sum);
            }
        }, cancellationToken);
    }

    // For each query token the largest product with a token of the document.
    private static void Nearest(PreparedMatrix queries, Tensor document, Span<float> nearest)
    {
        nearest.Fill(float.NegativeInfinity);
        for (var row = 0; row < document.Rows; row += BlockRows)
        {
            using var run = new Computation(1);
            var products = run.MatrixProduct(document.Slice(row, Math.Min(BlockRows, document.Rows - row)), queries); // [document tokens × query tokens]
            for (var i = 0; i < products.Rows; i++)
            {
                TensorPrimitives.Max(nearest, products.Row(i), nearest);
            }
        }
    }
}
