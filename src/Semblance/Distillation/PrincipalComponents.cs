using Semblance.Tensors;
using TensorPrimitives = System.Numerics.Tensors.TensorPrimitives;

namespace Semblance.Distillation;

/// <summary>Principal component analysis (Pearson 1901): the directions in which rows differ most.</summary>
internal static class PrincipalComponents
{
    // The covariance is summed up in so many parts, however many threads there are, so that its bits do not depend on them.
    private const int Parts = 8;
    private const int MostSweeps = 60;
    private const double Orthogonal = 1e-12;

    /// <summary>Rows less their average, in the directions of largest variance, the largest first; the largest element of each direction is positive.</summary>
    /// <param name="x"><c>[rows × columns]</c>.</param>
    /// <param name="count">How many directions, at most as many as there are columns.</param>
    /// <param name="cancellation">Stops between two passes.</param>
    /// <returns><c>[rows × count]</c>.</returns>
    public static Tensor Project(Tensor x, int count, CancellationToken cancellation)
    {
        var mean = Mean(x);
        var covariance = Covariance(x, mean);
        Diagonalize(covariance, cancellation);
        var variances = Array.ConvertAll(covariance, row => TensorPrimitives.Norm(row));
        int[] order = [.. Enumerable.Range(0, x.Columns).OrderByDescending(i => variances[i]).Take(count)];
        var (directions, offsets) = (Tensor.Zeros(count, x.Columns), Tensor.Zeros(count));
        for (var i = 0; i < count; i++)
        {
            var row = covariance[order[i]];
            var largest = row[TensorPrimitives.IndexOfMaxMagnitude(row)];
            var scale = largest == 0 ? 0 : Math.Sign(largest) / variances[order[i]]; // of a direction in which nothing varies, zeros
            for (var column = 0; column < row.Length; column++)
            {
                directions.Writable[(i * x.Columns) + column] = (float)(row[column] * scale);
            }

            offsets.Writable[i] = (float)(-TensorPrimitives.Dot(row, mean) * scale);
        }

        using var run = new Computation(cancellation: cancellation);
        var projected = run.Linear(x, new Linear(directions, offsets));
        return Tensor.From(projected.Values, projected.Shape);
    }

    private static double[] Mean(Tensor x)
    {
        var (mean, row) = (new double[x.Columns], new double[x.Columns]);
        for (var i = 0; i < x.Rows; i++)
        {
            TensorPrimitives.ConvertTruncating(x.Row(i), row);
            TensorPrimitives.Add(mean, row, mean);
        }

        TensorPrimitives.Divide(mean, x.Rows, mean);
        return mean;
    }

    private static double[][] Covariance(Tensor x, double[] mean)
    {
        var parts = new double[Parts][][];
        Workers.Shared.For(Parts, int.MaxValue, part =>
        {
            var sums = parts[part] = [.. Enumerable.Range(0, x.Columns).Select(_ => new double[x.Columns])];
            var row = new double[x.Columns];
            for (var i = (int)((long)x.Rows * part / Parts); i < (int)((long)x.Rows * (part + 1) / Parts); i++)
            {
                TensorPrimitives.ConvertTruncating(x.Row(i), row);
                TensorPrimitives.Subtract(row, mean, row);
                for (var j = 0; j < row.Length; j++)
                {
                    TensorPrimitives.MultiplyAdd(row.AsSpan(j), row[j], sums[j].AsSpan(j), sums[j].AsSpan(j));
                }
            }
        });
        var covariance = parts[0];
        for (var i = 0; i < x.Columns; i++)
        {
            for (var part = 1; part < Parts; part++)
            {
                TensorPrimitives.Add(covariance[i], parts[part][i], covariance[i]);
            }

            for (var j = 0; j < i; j++)
            {
                covariance[i][j] = covariance[j][i]; // only what lies right of the diagonal was summed up
            }
        }

        return covariance;
    }

    // Turns rows of a symmetric matrix in pairs until each is orthogonal to all others (Hestenes 1958): they end as its eigenvectors, each as long
    // as its eigenvalue.
    private static void Diagonalize(double[][] rows, CancellationToken cancellation)
    {
        var squares = new double[rows.Length];
        for (var (sweep, turned) = (0, true); turned && sweep < MostSweeps; sweep++)
        {
            cancellation.ThrowIfCancellationRequested();
            turned = false;
            for (var i = 0; i < rows.Length; i++)
            {
                squares[i] = TensorPrimitives.SumOfSquares(rows[i]);
            }

            var negligible = squares.Sum() * 1e-28; // lengths below rounding have no direction
            for (var i = 0; i < rows.Length - 1; i++)
            {
                for (var j = i + 1; j < rows.Length; j++)
                {
                    var dot = TensorPrimitives.Dot(rows[i], rows[j]);
                    if (Math.Abs(dot) <= Orthogonal * Math.Sqrt(squares[i] * squares[j]) || squares[i] + squares[j] <= negligible)
                    {
                        continue;
                    }

                    turned = true;
                    var zeta = (squares[j] - squares[i]) / (2 * dot);
                    var tangent = (zeta < 0 ? -1 : 1) / (Math.Abs(zeta) + Math.Sqrt(1 + (zeta * zeta)));
                    var cosine = 1 / Math.Sqrt(1 + (tangent * tangent));
                    Turn(rows[i], rows[j], cosine, cosine * tangent);
                    squares[i] -= tangent * dot;
                    squares[j] += tangent * dot;
                }
            }
        }
    }

    private static void Turn(Span<double> a, Span<double> b, double cosine, double sine)
    {
        var width = System.Numerics.Vector<double>.Count;
        var k = 0;
        for (; k <= a.Length - width; k += width)
        {
            var (x, y) = (new System.Numerics.Vector<double>(a[k..]), new System.Numerics.Vector<double>(b[k..]));
            ((cosine * x) - (sine * y)).CopyTo(a[k..]);
            ((sine * x) + (cosine * y)).CopyTo(b[k..]);
        }

        for (; k < a.Length; k++)
        {
            (a[k], b[k]) = ((cosine * a[k]) - (sine * b[k]), (sine * a[k]) + (cosine * b[k]));
        }
    }
}
