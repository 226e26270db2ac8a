using System.Runtime.InteropServices;
using Semblance.Tensors;
using TensorPrimitives = System.Numerics.Tensors.TensorPrimitives;

namespace Semblance.Training.WordVectors;

/// <summary>
/// Represents the positive pointwise mutual information of tokens as a sparse symmetric matrix, with context frequencies smoothed on both
/// sides.
/// </summary>
internal sealed class AssociationMatrix
{
    private const int RowsOfATask = 64;

    private readonly int[][] _columns;
    private readonly float[][] _values;

    private AssociationMatrix(int[][] columns, float[][] values) => (_columns, _values) = (columns, values);

    /// <summary>Gets the number of rows, and of columns.</summary>
    public int Rows => _columns.Length;

    /// <summary>Gets the number of nonzero values.</summary>
    public long Count => _columns.Sum(row => (long)row.Length);

    /// <summary>Computes the matrix by visiting the positions of each token, without a table of all pairs.</summary>
    /// <param name="tokens">The texts as token ids, with a negative value between two texts.</param>
    /// <param name="vocabulary">The size of the vocabulary: the largest id plus one.</param>
    /// <param name="window">The context window: the maximum distance of two tokens.</param>
    /// <param name="smoothing">The exponent of a context's frequency.</param>
    /// <param name="cancellationToken">The token that cancels the operation.</param>
    public static AssociationMatrix Of(int[] tokens, int vocabulary, int window, double smoothing, CancellationToken cancellationToken)
    {
        var (starts, places) = Places(tokens, vocabulary);
        var weights = new double[vocabulary];
        Each(
            vocabulary, () => 0,
            (_, row) => Visit(tokens, places.AsSpan(starts[row]..starts[row + 1]), window, (_, weight) => weights[row] += weight),
            cancellationToken);
        var total = weights.Sum();
        var smoothed = weights.Sum(weight => Math.Pow(weight, smoothing));

        // The logarithm of a token's probability, half as a word and half as a context, which makes the matrix symmetric.
        var chance =
            weights.Select(weight => 0.5 * (Math.Log(weight / total) + Math.Log(Math.Pow(weight, smoothing) / smoothed))).ToArray();
        var (columns, values) = (new int[vocabulary][], new float[vocabulary][]);
        Each(
            vocabulary,
            () => new RowCounts(vocabulary),
            (row, id) =>
            {
                Visit(tokens, places.AsSpan(starts[id]..starts[id + 1]), window, row.Add);
                (columns[id], values[id]) = row.Take(column => chance[id] + chance[column] + Math.Log(total));
            },
            cancellationToken);
        return new AssociationMatrix(columns, values);
    }

    /// <summary>Multiplies the matrix by a dense one, row by row in a fixed order.</summary>
    public void Multiply(float[] dense, float[] result, int width, CancellationToken cancellationToken) =>
        Each(
            Rows,
            () => 0,
            (_, id) =>
            {
                var sum = result.AsSpan(id * width, width);
                sum.Clear();
                for (var i = 0; i < _columns[id].Length; i++)
                {
                    TensorPrimitives.MultiplyAdd(dense.AsSpan(_columns[id][i] * width, width), _values[id][i], sum, sum);
                }
            },
            cancellationToken);

    // The positions of each token, in order: those of token t are places[starts[t]..starts[t + 1]].
    private static (int[] Starts, int[] Places) Places(int[] tokens, int vocabulary)
    {
        var starts = new int[vocabulary + 1];
        foreach (var token in tokens)
        {
            if (token >= 0)
            {
                starts[token + 1]++;
            }
        }

        for (var i = 0; i < vocabulary; i++)
        {
            starts[i + 1] += starts[i];
        }

        var (places, next) = (new int[starts[vocabulary]], starts[..vocabulary]);
        for (var place = 0; place < tokens.Length; place++)
        {
            if (tokens[place] >= 0)
            {
                places[next[tokens[place]]++] = place;
            }
        }

        return (starts, places);
    }

    private static void Visit(int[] tokens, ReadOnlySpan<int> places, int window, Action<int, float> neighbor)
    {
        foreach (var place in places)
        {
            for (var distance = 1;
                distance <= window && place - distance >= 0 && tokens[place - distance] is >= 0 and var token;
                distance++)
            {
                neighbor(token, (window + 1 - distance) / (float)window);
            }

            for (var distance = 1;
                distance <= window && place + distance < tokens.Length && tokens[place + distance] is >= 0 and var token;
                distance++)
            {
                neighbor(token, (window + 1 - distance) / (float)window);
            }
        }
    }

    private static void Each<T>(int rows, Func<T> scratch, Action<T, int> body, CancellationToken cancellationToken) =>
        Workers.Shared.For(
            (rows + RowsOfATask - 1) / RowsOfATask,
            int.MaxValue,
            task =>
            {
                var own = scratch();
                for (var row = task * RowsOfATask; row < Math.Min(rows, (task + 1) * RowsOfATask); row++)
                {
                    body(own, row);
                }
            },
            cancellationToken);

    // The contexts of one token at a time.
    private sealed class RowCounts(int vocabulary)
    {
        private readonly float[] _counts = new float[vocabulary];
        private readonly List<int> _seen = [];

        public void Add(int token, float weight)
        {
            ref var count = ref _counts[token];
            if (count == 0)
            {
                _seen.Add(token);
            }

            count += weight;
        }

        // The contexts above chance, by column, as positive pointwise mutual information; clears the counts.
        public (int[] Columns, float[] Values) Take(Func<int, double> chance)
        {
            _seen.Sort();
            var (columns, values) = (new List<int>(_seen.Count), new List<float>(_seen.Count));
            foreach (var token in CollectionsMarshal.AsSpan(_seen))
            {
                var value = Math.Log(_counts[token]) - chance(token);
                _counts[token] = 0;
                if (value > 0)
                {
                    columns.Add(token);
                    values.Add((float)value);
                }
            }

            _seen.Clear();
            return ([.. columns], [.. values]);
        }
    }
}
