using Semblance.Tensors;
using TensorPrimitives = System.Numerics.Tensors.TensorPrimitives;

namespace Semblance;

/// <summary>
/// Finds groups of similar vectors without a given number of groups: a community is a vector and all vectors with at least a given
/// similarity to it (<c>community_detection</c> of sentence-transformers). Vectors without enough neighbors are in no community.
/// </summary>
public static class CommunityDetection
{
    private const int BlockRows = 448;
    private const int FewRows = 16;
    private const int BlockScores = 4 << 20; // scores of candidates with all vectors

    /// <summary>Returns the communities of vectors, by cosine similarity.</summary>
    /// <remarks>
    /// Larger neighborhoods come first; among equal ones, the lower center. A vector belongs to the first community that contains it; what
    /// remains of a later one is a community if it has at least <see cref="CommunityOptions.MinSize"/> members. All vectors are compared at
    /// most twice, and neighborhoods are not stored, so memory is proportional to that of the vectors for any input.
    /// </remarks>
    /// <param name="embeddings">The vectors <c>[vectors × dimensions]</c>.</param>
    /// <param name="options">The options; <see langword="null"/> for a minimum cosine similarity of 0.75 and 10 members.</param>
    /// <param name="progress">Receives the completed fraction, from 0 to 1, on the threads that compare.</param>
    /// <param name="cancellationToken">The token that cancels the operation.</param>
    /// <returns>
    /// The rows of each community, the largest community first. Within a community, the center comes first (unless an earlier community has
    /// it), then the others in descending order of similarity to it.
    /// </returns>
    /// <exception cref="ArgumentException">A vector is not finite, or an option is out of range.</exception>
    public static IReadOnlyList<int[]> Detect(
        Tensor embeddings,
        CommunityOptions? options = null,
        IProgress<double>? progress = null,
        CancellationToken cancellationToken = default)
    {
        options ??= new CommunityOptions();
        options.Check();
        var matrix = FiniteRows.Checked(embeddings, nameof(embeddings));
        if (matrix.Rows == 0)
        {
            return [];
        }

        using var run = new Computation(options.MaxThreads, cancellationToken: cancellationToken);
        var vectors = run.Normalize(matrix);
        var minSize = Math.Min(options.MinSize, vectors.Rows);
        var sizes = Sizes(vectors, options, progress, cancellationToken);
        int[] candidates = [.. Enumerable.Range(0, sizes.Length).Where(row => sizes[row] >= minSize).OrderByDescending(row => sizes[row])];
        var communities = Separate(vectors, candidates, minSize, options, cancellationToken);
        progress?.Report(1);
        return [.. communities.OrderByDescending(community => community.Length)];
    }

    /// <summary>Returns the community of each vector.</summary>
    /// <param name="communities">The rows of each community, from <see cref="Detect"/>.</param>
    /// <param name="count">The number of vectors.</param>
    /// <returns>The index of the community of each vector; −1 for none.</returns>
    public static int[] Labels(IReadOnlyList<int[]> communities, int count)
    {
        ArgumentNullException.ThrowIfNull(communities);
        var labels = new int[count];
        Array.Fill(labels, -1);
        foreach (var (place, rows) in communities.Index())
        {
            Array.ForEach(rows, row => labels[row] = place);
        }

        return labels;
    }

    // The number of vectors similar to each vector, including itself.
    private static int[] Sizes(Tensor vectors, CommunityOptions options, IProgress<double>? progress, CancellationToken cancellationToken)
    {
        var sizes = new int[vectors.Rows];
        for (var row = 0; row < sizes.Length; row++)
        {
            sizes[row] = Own(vectors, row) >= options.Threshold ? 1 : 0;
        }

        var mining = new MiningOptions { Similarity = SimilarityFunction.DotProduct, MaxThreads = options.MaxThreads };
        var counter = new ProgressCounter(progress, (long)sizes.Length * sizes.Length); // half of the total, as the other pass follows
        using var counts = new NeighborCounts(sizes.Length, options.Threshold);
        new PairTiles(vectors, null, mining, counts, counter, cancellationToken).Compare();
        counts.AddTo(sizes);
        return sizes;
    }

    // The cosine of a vector with itself; a zero vector is similar to nothing.
    private static float Own(Tensor vectors, int row) => vectors.Row(row).ContainsAnyExcept(0f) ? 1 : 0;

    private static List<int[]> Separate(
        Tensor vectors, int[] candidates, int minSize, CommunityOptions options, CancellationToken cancellationToken)
    {
        var communities = new List<int[]>();
        var taken = new bool[vectors.Rows];
        var free = vectors.Rows;
        var most = Math.Clamp(BlockScores / vectors.Rows, FewRows, BlockRows);
        for (int first = 0, block = FewRows;
            first < candidates.Length && free >= minSize;
            first += block, block = Math.Min(most, 2 * block))
        {
            // Few at first: often the largest communities contain nearly all vectors.
            var centers = candidates.AsSpan(first, Math.Min(block, candidates.Length - first)).ToArray();
            var close = Close(vectors, centers, taken, options, cancellationToken);
            for (var i = 0; i < centers.Length; i++)
            {
                close[i].RemoveAll(hit => taken[hit.Index]);
                if (close[i].Count >= minSize)
                {
                    var center = centers[i];
                    int[] members =
                    [
                        .. close[i]
                            .OrderByDescending(hit => hit.Index == center).ThenByDescending(hit => hit.Score).Select(hit => hit.Index),
                    ];
                    Array.ForEach(members, member => taken[member] = true);
                    free -= members.Length;
                    communities.Add(members);
                }
            }
        }

        return communities;
    }

    // The remaining vectors similar to each of some centers, in the order of rows.
    private static List<SearchHit>[] Close(
        Tensor vectors, int[] centers, bool[] taken, CommunityOptions options, CancellationToken cancellationToken)
    {
        var rows = Tensor.Zeros(centers.Length, vectors.Columns);
        for (var i = 0; i < centers.Length; i++)
        {
            vectors.Row(centers[i]).CopyTo(rows.Writable[(i * vectors.Columns)..]);
        }

        var comparand = new Comparand(rows, SimilarityFunction.DotProduct);
        var blocks = new List<(int Center, SearchHit Hit)>[(vectors.Rows + BlockRows - 1) / BlockRows];
        Workers.Shared.For(
            blocks.Length,
            options.MaxThreads,
            block =>
            {
                var found = blocks[block] = [];
                var first = block * BlockRows;
                using var part = new Computation(1, cancellationToken: cancellationToken);
                var scores = comparand.Scores(part, vectors.Slice(first, Math.Min(BlockRows, vectors.Rows - first)));
                for (var i = 0; i < scores.Rows; i++)
                {
                    var row = taken[first + i] ? [] : scores.Row(i);
                    for (var c = ScoreScan.Next(row, 0, options.Threshold);
                        c < row.Length;
                        c = ScoreScan.Next(row, c + 1, options.Threshold))
                    {
                        if (centers[c] != first + i)
                        {
                            found.Add((c, new SearchHit(first + i, row[c])));
                        }
                    }
                }
            },
            cancellationToken);

        List<SearchHit>[] close = [.. centers.Select(center => new List<SearchHit>())];
        for (var c = 0; c < centers.Length; c++)
        {
            if (Own(vectors, centers[c]) is var own && own >= options.Threshold)
            {
                close[c].Add(new SearchHit(centers[c], own));
            }
        }

        foreach (var (center, hit) in blocks.SelectMany(found => found))
        {
            close[center].Add(hit);
        }

        return close;
    }

    // Each thread counts separately: if nearly all are similar, they would only wait for each other.
    private sealed class NeighborCounts(int count, float threshold) : IPairSink, IDisposable
    {
        private readonly ThreadLocal<int[]> _counts = new(() => new int[count], trackAllValues: true);

        public void Take(ReadOnlySpan<float> scores, int first, int second)
        {
            var counts = _counts.Value!;
            for (var i = ScoreScan.Next(scores, 0, threshold); i < scores.Length; i = ScoreScan.Next(scores, i + 1, threshold))
            {
                counts[first]++;
                counts[second + i]++;
            }
        }

        public void AddTo(int[] sizes)
        {
            foreach (var counts in _counts.Values)
            {
                TensorPrimitives.Add<int>(sizes, counts, sizes);
            }
        }

        public void Dispose() => _counts.Dispose();
    }
}
