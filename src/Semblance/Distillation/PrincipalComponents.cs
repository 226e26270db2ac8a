using Semblance.Tensors;
using Semblance.Tensors.LinearAlgebra;
using TensorPrimitives = System.Numerics.Tensors.TensorPrimitives;

namespace Semblance.Distillation;

/// <summary>Principal component analysis (Pearson 1901): the directions in which rows differ most.</summary>
internal static class PrincipalComponents
{
    // The covariance is summed up in so many parts, however many threads there are, so that its bits do not depend on them.
    private const int Parts = 8;

    /// <summary>Rows less their average, in the directions of largest variance, the largest first; the largest element of each direction is positive.</summary>
    /// <param name="x"><c>[rows × columns]</c>.</param>
    /// <param name="count">How many directions, at most as many as there are columns.</param>
    /// <param name="cancellation">Stops between two passes.</param>
    /// <returns><c>[rows × count]</c>.</returns>
    public static Tensor Project(Tensor x, int count, CancellationToken cancellation)
    {
        var mean = Mean(x);
        var eigen = SymmetricEigen.Of(Covariance(x, mean));
        cancellation.ThrowIfCancellationRequested();
        var (directions, offsets) = (Tensor.Zeros(count, x.Columns), Tensor.Zeros(count));
        for (var i = 0; i < count; i++)
        {
            var direction = eigen.Vectors[i];
            var sign = direction[TensorPrimitives.IndexOfMaxMagnitude(direction)] < 0 ? -1 : 1;
            for (var column = 0; column < direction.Length; column++)
            {
                directions.Writable[(i * x.Columns) + column] = (float)(sign * direction[column]);
            }

            offsets.Writable[i] = (float)(-sign * TensorPrimitives.Dot(direction, mean));
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

    // On and right of the diagonal; the rest is zero.
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
        }

        return covariance;
    }
}
