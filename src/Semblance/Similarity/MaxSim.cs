using Semblance.Tensors;
using TensorPrimitives = System.Numerics.Tensors.TensorPrimitives;

namespace Semblance;

/// <summary>
/// Computes the scores of late interaction (Khattab and Zaharia 2020, arXiv:2004.12832): the maximum dot product of each query token with
/// the tokens of the document, summed over the query tokens.
/// </summary>
/// <remarks>The score of a query and a document has the same bits alone and in any batch.</remarks>
public static class MaxSim
{
    /// <summary>The score of a document without tokens: finite, and below any other score.</summary>
    public const float EmptyDocument = -1e9f;

    // The number of query tokens and of document tokens in a block, whose products stay in the cache.
    private const int BlockQueryTokens = 1024;
    private const int BlockRows = 252;

    /// <summary>
    /// Computes the scores of all queries with all documents in parallel. The products of all tokens are never in memory at once.
    /// </summary>
    /// <param name="queries">The m queries, each <c>[tokens × dimension]</c>.</param>
    /// <param name="documents">The n documents, each <c>[tokens × dimension]</c>.</param>
    /// <param name="isMean">
    /// <see langword="true"/> to divide scores by the number of query tokens; otherwise, <see langword="false"/>.
    /// </param>
    /// <param name="maxThreads">The maximum number of threads; null for one for each physical core.</param>
    /// <param name="cancellationToken">The token that cancels the operation.</param>
    /// <returns>The scores, <c>[m × n]</c>; larger is more similar. A query without tokens scores 0.</returns>
    /// <exception cref="ArgumentException">The vectors differ in dimension.</exception>
    public static Tensor Matrix(IReadOnlyList<Tensor> queries, IReadOnlyList<Tensor> documents,
        bool isMean = false, int? maxThreads = null, CancellationToken cancellationToken = default)
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

    /// <summary>Computes the score of one query with one document.</summary>
    /// <param name="query">The vectors of the query, <c>[tokens × dimension]</c>.</param>
    /// <param name="document">The vectors of the document, <c>[tokens × dimension]</c>.</param>
    /// <param name="isMean">
    /// <see langword="true"/> to divide the score by the number of query tokens; otherwise, <see langword="false"/>.
    /// </param>
    /// <exception cref="ArgumentException">The vectors differ in dimension.</exception>
    public static float Of(Tensor query, Tensor document, bool isMean = false) => Matrix([query], [document], isMean).Values[0];

    private static void Score(
        IReadOnlyList<Tensor> queries, int first, int end, int tokens, IReadOnlyList<Tensor> documents,
        Tensor scores, bool isMean, int maxThreads, CancellationToken cancellationToken)
    {
        var joined = Tensor.Zeros(tokens, queries[0].Columns);
        for (int query = first, row = 0; query < end; row += queries[query++].Rows)
        {
            queries[query].Values.CopyTo(joined.Writable[(row * joined.Columns)..]);
        }

        var product = new PreparedMatrix(joined);
        product.Prepare();
        Workers.Shared.For(documents.Count, maxThreads, index =>
        {
            var nearest = new float[tokens];
            Nearest(product, documents[index], nearest);
            for (int query = first, row = 0; query < end; row += queries[query++].Rows)
            {
                double sum = 0;
                foreach (var product in nearest.AsSpan(row, queries[query].Rows))
                {
                    sum += product;
                }

                var count = queries[query].Rows;
                scores.Writable[(query * documents.Count) + index] = count == 0
                    ? 0
                    : documents[index].Rows == 0 ? EmptyDocument : (float)(isMean ? sum / count : sum);
            }
        }, cancellationToken);
    }

    // For each query token, the largest dot product with a token of the document.
    private static void Nearest(PreparedMatrix queries, Tensor document, Span<float> nearest)
    {
        nearest.Fill(float.NegativeInfinity);
        for (var row = 0; row < document.Rows; row += BlockRows)
        {
            using var run = new Computation(1);
            // [document tokens × query tokens]
            var products = run.MatrixProduct(document.Slice(row, Math.Min(BlockRows, document.Rows - row)), queries);
            for (var i = 0; i < products.Rows; i++)
            {
                TensorPrimitives.Max(nearest, products.Row(i), nearest);
            }
        }
    }
}
