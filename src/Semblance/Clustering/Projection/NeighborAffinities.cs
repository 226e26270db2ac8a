using Semblance.Tensors;

namespace Semblance;

/// <summary>
/// Represents the affinities of t-SNE: the symmetrized probability that one vector selects another as a neighbor, by a Gaussian whose width
/// is given by the perplexity. Only the nearest neighbors count, three times the perplexity. All affinities sum to 1.
/// </summary>
internal sealed class NeighborAffinities
{
    private const int SearchSteps = 100;

    private readonly int[] _starts;
    private readonly int[] _others;
    private readonly double[] _values;

    private NeighborAffinities(int[] starts, int[] others, double[] values) => (_starts, _others, _values) = (starts, others, values);

    /// <summary>Gets the number of vectors.</summary>
    public int Count => _starts.Length - 1;

    /// <summary>Gets the neighbors of a vector, in the order of rows, and their affinities.</summary>
    public (ReadOnlyMemory<int> Others, ReadOnlyMemory<double> Values) this[int row] =>
        (_others.AsMemory(_starts[row].._starts[row + 1]), _values.AsMemory(_starts[row].._starts[row + 1]));

    public static NeighborAffinities Of(Tensor vectors, double perplexity, int maxThreads, CancellationToken cancellationToken)
    {
        var count = vectors.Rows;
        perplexity = Math.Max(1, Math.Min(perplexity, (count - 1) / 3.0));
        var neighbors = Math.Min(count - 1, (int)(3 * perplexity) + 1);
        if (neighbors < 1)
        {
            return new NeighborAffinities(new int[count + 1], [], []);
        }

        var nearest = new BoundedDistances(vectors, maxThreads, cancellationToken).Nearest(neighbors);
        var keys = new long[2L * count * neighbors];
        var values = new double[keys.LongLength];
        Workers.Shared.For(
            count,
            maxThreads,
            row =>
            {
                var hits = nearest[row].ToArray();
                var chances = Chances(Array.ConvertAll(hits, hit => (double)hit.Score * hit.Score), Math.Log(perplexity));
                for (var i = 0; i < hits.Length; i++)
                {
                    var place = 2 * (((long)row * neighbors) + i);
                    keys[place] = ((long)row * count) + hits[i].Index;
                    keys[place + 1] = ((long)hits[i].Index * count) + row;
                    values[place] = values[place + 1] = chances[i] / (2.0 * count);
                }
            },
            cancellationToken);
        return Summed(keys, values, count);
    }

    // The Gaussian whose entropy is that of the given number of equally likely neighbors.
    private static double[] Chances(double[] squares, double entropy)
    {
        var (beta, low, high) = (1.0, 0.0, double.PositiveInfinity);
        var chances = new double[squares.Length];
        for (var step = 0; step < SearchSteps; step++)
        {
            var (sum, weighted) = (0.0, 0.0);
            for (var i = 0; i < squares.Length; i++)
            {
                var beyond = squares[i] - squares[0];
                chances[i] = Math.Exp(-beta * beyond);
                sum += chances[i];
                weighted += beyond * chances[i];
            }

            for (var i = 0; i < squares.Length; i++)
            {
                chances[i] /= sum;
            }

            var difference = Math.Log(sum) + (beta * weighted / sum) - entropy;
            if (Math.Abs(difference) < 1e-7)
            {
                break;
            }

            (low, high) = difference > 0 ? (beta, high) : (low, beta);
            var next = double.IsPositiveInfinity(high) ? 2 * beta : (low + high) / 2;
            if (!(next < 1e300))
            {
                break; // all are equally far
            }

            beta = next;
        }

        return chances;
    }

    private static NeighborAffinities Summed(long[] keys, double[] values, int count)
    {
        Array.Sort(keys, values);
        var (starts, others, sums, used) = (new int[count + 1], new int[keys.Length], new double[keys.Length], 0);
        for (var i = 0; i < keys.Length; i++)
        {
            if (i > 0 && keys[i] == keys[i - 1])
            {
                sums[used - 1] += values[i];
            }
            else
            {
                starts[(keys[i] / count) + 1]++;
                (others[used], sums[used++]) = ((int)(keys[i] % count), values[i]);
            }
        }

        for (var row = 0; row < count; row++)
        {
            starts[row + 1] += starts[row];
        }

        return new NeighborAffinities(starts, others[..used], sums[..used]);
    }
}
